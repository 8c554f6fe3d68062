import { spawn } from 'node:child_process';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { NodesLab } from '../test/support/nodes-lab.ts';
import { until } from '../test/support/until.ts';
import { takingDown } from './lib/bench-host.ts';
import { HandMadeOverlay } from './lib/hand-made-overlay.ts';
import { printed } from './lib/printed.ts';
import { atLeast, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';

interface OverlayOptions extends ReportOptions {
  readonly rounds: number;
  readonly seconds: number;
}

const arms = ['host', 'hand-made', 'overlay'] as const;
type Arm = (typeof arms)[number];
const streams = [1, 8] as const;

/** Where a stream begins, and where it leads. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly address: string;
}

export function networksOverlay() {
  return benchmark(
    'networks-overlay',
    'an overlay between two hosts beside the same made by hand, and the hosts’ own path',
  )
    .option('--rounds <n>', 'rounds, each way once in each', positive, 12)
    .option('--seconds <n>', 'of each stream', positive, 2)
    .action(measure);
}

async function measure(options: OverlayOptions): Promise<void> {
  const report = startReport('networks-overlay', options);
  const lab = new NodesLab();
  const remove = takingDown(() => lab.remove());
  try {
    await lab.start();
    const ways = await waysOf(lab);
    for (const { to } of Object.values(ways))
      spawn('nsenter', [`--net=${to}`, '--', 'iperf3', '-s'], { stdio: 'ignore' });
    for (const arm of arms)
      await until(`${arm} leads there`, async () => (await stream(ways[arm], 1, 1)) > 0);
    const found = await alternate(arms, options.rounds, async (arm) => {
      const bits: number[] = [];
      for (const count of streams) bits.push(await stream(ways[arm], count, options.seconds));
      return bits;
    });
    const of = (arm: Arm, index: number) => found[arm].map((bits) => bits[index] ?? Number.NaN);
    for (const [index, count] of streams.entries())
      for (const arm of arms)
        say(`${count} streams, ${arm}: ${inWords(summarize(of(arm, index)), gigabits)}`);
    report.save(
      { ...options, found },
      streams.map((count, index) =>
        atLeast(
          `TCP with ${count} streams, of the same made by hand`,
          0.97,
          median(ratios(of('overlay', index), of('hand-made', index))),
        ),
      ),
      [
        {
          title: 'TCP between two hosts',
          x: 'streams',
          y: 'Gbit/s',
          series: arms.map((name) => ({
            name,
            points: streams.map((count, index) => {
              const { mean, interval } = summarize(of(name, index).map((bits) => bits / 1e9));
              return interval ? { x: `${count}`, y: mean, interval } : { x: `${count}`, y: mean };
            }),
          })),
        },
      ],
    );
  } finally {
    await remove();
  }
}

async function waysOf(lab: NodesLab): Promise<Record<Arm, Way>> {
  const { a, b } = lab;
  // The interface of the way out is that of tunnels.
  for (const node of [a, b]) node.run('ip', 'route', 'add', 'default', 'via', '192.0.2.254');
  await a.tell({ create: { name: 'far', archetype: 'overlay' } });
  await a.join('far-a', 'far');
  const address = await b.join('far-b', 'far');
  const hand = new HandMadeOverlay([
    { node: a, station: 'hand-a', outer: '192.0.2.1' },
    { node: b, station: 'hand-b', outer: '192.0.2.2' },
  ]);
  return {
    host: { from: `/run/netns/${a.namespace}`, to: `/run/netns/${b.namespace}`, address: '192.0.2.2' },
    'hand-made': { from: lab.pathOf('hand-a'), to: lab.pathOf('hand-b'), address: hand.addresses[1] },
    overlay: { from: lab.pathOf('far-a'), to: lab.pathOf('far-b'), address },
  };
}

/** @returns bits that arrived in a second; 0 where nobody answered */
async function stream({ from, address }: Way, count: number, seconds: number): Promise<number> {
  const client = [
    'iperf3',
    '-c',
    address,
    '-J',
    '--connect-timeout',
    '1000',
    '-t',
    `${seconds}`,
    '-P',
    `${count}`,
  ];
  const said = JSON.parse(await printed('nsenter', [`--net=${from}`, '--', ...client])) as {
    end: { sum_received?: { bits_per_second: number } };
  };
  return said.end.sum_received?.bits_per_second ?? 0;
}

function gigabits(bits: number): string {
  return `${(bits / 1e9).toFixed(2)} Gbit/s`;
}
