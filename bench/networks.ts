import { takingDown } from './lib/bench-host.ts';
import { EdgePath } from './lib/edge-path.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';
import { median, ratios, summarize } from './lib/statistics.ts';

interface NetworksOptions extends ReportOptions {
  readonly rounds: number;
  readonly seconds: number;
}

interface Figures {
  /** Bits a second. */
  readonly one: number;
  readonly many: number;
  /** At 500 Mbit/s. */
  readonly lostPercent: number;
  readonly jitterMs: number;
}

const streams = 16;
const loads = ['one', 'many'] as const;
const paths = { bridges: undefined, ebpf: 'ebpf' } as const;
type PathName = keyof typeof paths;

export function networks() {
  return benchmark('networks', 'what passes between two hosts through the edge, beside plain bridges')
    .option('--rounds <n>', 'rounds, each path once in each', positive, 10)
    .option('--seconds <n>', 'of each measurement', positive, 3)
    .action(measure);
}

async function measure(options: NetworksOptions): Promise<void> {
  const report = startReport('networks', options);
  const made: EdgePath[] = [];
  const remove = takingDown(async () => {
    for (const path of made) await path.remove();
  });
  try {
    const byName = {} as Record<PathName, EdgePath>;
    for (const name of Object.keys(paths) as PathName[]) {
      byName[name] = await EdgePath.start(name, paths[name]);
      made.push(byName[name]);
    }
    const names = Object.keys(paths) as PathName[];
    const figures = await alternate(names, options.rounds, (name) => measureOne(name, byName[name], options));
    const all = (name: PathName, of: keyof Figures) => figures[name].map((one) => one[of]);
    const ofBridges = (of: 'one' | 'many') => median(ratios(all('ebpf', of), all('bridges', of)));
    for (const name of names)
      for (const load of loads) say(`${name}, ${load}: ${inWords(summarize(all(name, load)), gigabits)}`);
    const middle = (name: PathName, of: keyof Figures) => median(all(name, of));
    const jitter = middle('ebpf', 'jitterMs') / middle('bridges', 'jitterMs');
    report.save(
      { ...options, streams, ratios: { one: ofBridges('one'), many: ofBridges('many'), jitter }, figures },
      [
        atLeast('TCP, one stream, of plain bridges', 0.92, ofBridges('one')),
        atLeast(`TCP, ${streams} streams, of plain bridges`, 0.97, ofBridges('many')),
        atMost(
          'UDP at 500 Mbit/s: % lost, as the bridges’',
          middle('bridges', 'lostPercent'),
          middle('ebpf', 'lostPercent'),
        ),
        atMost('UDP at 500 Mbit/s: jitter, times the bridges’', 2, jitter),
      ],
      [
        {
          title: 'TCP between two hosts',
          x: '',
          y: 'Gbit/s',
          series: loads.map((load) => ({
            name: load === 'one' ? 'one stream' : `${streams} streams`,
            points: names.map((x) => {
              const { mean, interval } = summarize(all(x, load).map((bits) => bits / 1e9));
              return interval ? { x, y: mean, interval } : { x, y: mean };
            }),
          })),
        },
      ],
    );
  } finally {
    await remove();
  }
}

async function measureOne(name: PathName, path: EdgePath, { seconds }: NetworksOptions): Promise<Figures> {
  const duration = ['-t', String(seconds)];
  const one = await path.stream(...duration);
  const many = await path.stream(...duration, '-P', String(streams));
  // With less room for datagrams than 4 MiB every path loses a quarter of them.
  const udp = await path.stream(...duration, '-u', '-b', '500M', '-w', '4M');
  const figures = {
    one: one.bits_per_second,
    many: many.bits_per_second,
    lostPercent: udp.lost_percent ?? 100,
    jitterMs: udp.jitter_ms ?? Number.NaN,
  };
  const { lostPercent, jitterMs } = figures;
  say(
    `${name}: ${gigabits(figures.one)}, ${gigabits(figures.many)}; UDP ${lostPercent.toFixed(3)} % lost, jitter ${jitterMs.toFixed(4)} ms`,
  );
  return figures;
}

function gigabits(bits: number): string {
  return `${(bits / 1e9).toFixed(2)} Gbit/s`;
}
