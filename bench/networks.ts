import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { type EdgeKind, underlay } from '../test/support/nve-lab.ts';
import { takingDown } from './lib/bench-host.ts';
import { EdgePath, type Stream } from './lib/edge-path.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';

interface NetworksOptions extends ReportOptions {
  readonly rounds: number;
  readonly seconds: number;
}

const streams = 16;
/** What iperf3 is told. With less room for datagrams than 4 MiB every path loses a quarter of them. */
const loads = {
  one: [],
  many: ['-P', String(streams)],
  udp: ['-u', '-b', '500M', '-w', '4M'],
} as const;
const paths = {
  bridges: undefined,
  ebpf: { driver: 'ebpf' },
  vxlan: { driver: 'vxlan', options: () => ({ peers: [1, 2].map(underlay.ipv4) }), overhead: 50 },
  ethernet: { driver: 'ethernet', options: (host: number) => ({ title: `host ${host}` }), overhead: 18 },
  ovs: { driver: 'ovs', needsOpenVswitch: true },
} as const satisfies Record<string, EdgeKind | undefined>;
type Load = keyof typeof loads;
type PathName = keyof typeof paths;

export function networks() {
  return benchmark('networks', 'what passes between two hosts through the edge, beside plain bridges')
    .option('--rounds <n>', 'rounds of each load, each path once in each', positive, 20)
    .option('--seconds <n>', 'of each measurement', positive, 1)
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
    const figures = {} as Record<Load, Record<PathName, Stream[]>>;
    // Paths take turns as often as can be: what else runs on the machine changes from second to second.
    for (const load of Object.keys(loads) as Load[])
      figures[load] = await alternate(names, options.rounds, (name) =>
        measureOne(load, name, byName[name], options),
      );
    const all = (load: Load, name: PathName, of: keyof Stream) =>
      figures[load][name].map((one) => one[of] ?? Number.NaN);
    const speeds = (load: Load, name: PathName) => all(load, name, 'bits_per_second');
    const ofBridges = (load: Load, name: PathName = 'ebpf') =>
      median(ratios(speeds(load, name), speeds(load, 'bridges')));
    const ofOvs = median(ratios(speeds('one', 'ebpf'), speeds('one', 'ovs')));
    for (const load of ['one', 'many'] as const)
      for (const name of names) say(`${load}, ${name}: ${inWords(summarize(speeds(load, name)), gigabits)}`);
    const middle = (name: PathName, of: keyof Stream) => median(all('udp', name, of));
    const jitter = middle('ebpf', 'jitter_ms') / middle('bridges', 'jitter_ms');
    const drivers = Object.fromEntries(
      names.map((name) => [name, { one: ofBridges('one', name), many: ofBridges('many', name) }]),
    );
    report.save(
      { ...options, streams, ratios: { ...drivers, jitter, ofOvs }, figures },
      [
        atLeast('TCP, one stream, of plain bridges', 0.92, ofBridges('one')),
        atLeast(`TCP, ${streams} streams, of plain bridges`, 0.97, ofBridges('many')),
        atMost(
          'UDP at 500 Mbit/s: % lost, as the bridges’',
          middle('bridges', 'lost_percent'),
          middle('ebpf', 'lost_percent'),
        ),
        atLeast('TCP, one stream, times that of Open vSwitch in user space', 10, ofOvs),
        atMost('UDP at 500 Mbit/s: jitter, times the bridges’', 2, jitter),
      ],
      [
        {
          title: 'TCP between two hosts',
          x: '',
          y: 'Gbit/s',
          series: (['one', 'many'] as const).map((load) => ({
            name: load === 'one' ? 'one stream' : `${streams} streams`,
            points: names.map((x) => {
              const { mean, interval } = summarize(speeds(load, x).map((bits) => bits / 1e9));
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

async function measureOne(
  load: Load,
  name: PathName,
  path: EdgePath,
  { seconds }: NetworksOptions,
): Promise<Stream> {
  const { bits_per_second, lost_percent, jitter_ms } = await path.stream(
    '-t',
    String(seconds),
    ...loads[load],
  );
  const udp =
    load === 'udp' ? `, ${lost_percent?.toFixed(3)} % lost, jitter ${jitter_ms?.toFixed(4)} ms` : '';
  say(`${load}, ${name}: ${gigabits(bits_per_second)}${udp}`);
  return load === 'udp' ? { bits_per_second, lost_percent, jitter_ms } : { bits_per_second };
}

function gigabits(bits: number): string {
  return `${(bits / 1e9).toFixed(2)} Gbit/s`;
}
