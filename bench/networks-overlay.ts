import { median, ratios } from '../src/lib/statistics.ts';
import { NodesLab } from '../test/support/nodes-lab.ts';
import { takingDown } from './lib/bench-host.ts';
import { HandMadeOverlay } from './lib/hand-made-overlay.ts';
import { atLeast, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import {
  bitsOf,
  type StreamOptions,
  streamCounts,
  streamsBy,
  streamsChart,
  type Way,
} from './lib/streams-between.ts';

const arms = ['host', 'hand-made', 'overlay'] as const;

export function networksOverlay() {
  return benchmark(
    'networks-overlay',
    'an overlay between two hosts beside the same made by hand, and the hosts’ own path',
  )
    .option('--rounds <n>', 'rounds, each way once in each', positive, 12)
    .option('--seconds <n>', 'of each stream', positive, 2)
    .action(measure);
}

async function measure(options: ReportOptions & StreamOptions): Promise<void> {
  const report = startReport('networks-overlay', options);
  const lab = new NodesLab();
  const remove = takingDown(() => lab.remove());
  try {
    await lab.start();
    const found = await streamsBy(arms, await waysOf(lab), options);
    const bars = streamCounts.map((count) => {
      const [own, hand] = [bitsOf(found, 'overlay', count), bitsOf(found, 'hand-made', count)];
      return atLeast(`TCP with ${count} streams, of the same made by hand`, 0.97, median(ratios(own, hand)));
    });
    report.save({ ...options, found }, bars, [streamsChart(arms, found)]);
  } finally {
    await remove();
  }
}

async function waysOf(lab: NodesLab): Promise<Record<(typeof arms)[number], Way>> {
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
