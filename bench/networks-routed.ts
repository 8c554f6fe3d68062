import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { NodesLab } from '../test/support/nodes-lab.ts';
import { takingDown } from './lib/bench-host.ts';
import { HandMadeRoutes } from './lib/hand-made-routes.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { inWords, say } from './lib/rounds.ts';
import {
  bitsOf,
  type StreamOptions,
  streamCounts,
  streamsBy,
  streamsChart,
  type Way,
} from './lib/streams-between.ts';

const arms = ['host', 'hand-made', 'routed'] as const;
/** Milliseconds that a route may take, at most. */
const longest = 10_000;

export function networksRouted() {
  return benchmark(
    'networks-routed',
    'a routed network between two hosts beside the same made by hand, and the hosts’ own path',
  )
    .option('--rounds <n>', 'rounds, each way once in each', positive, 12)
    .option('--seconds <n>', 'of each stream', positive, 2)
    .option('--routes <n>', 'endpoints whose routes are waited for', positive, 20)
    .action(measure);
}

async function measure(options: ReportOptions & StreamOptions & { readonly routes: number }): Promise<void> {
  const report = startReport('networks-routed', options);
  const lab = new NodesLab();
  const remove = takingDown(() => lab.remove());
  try {
    await lab.start();
    const found = await streamsBy(arms, await waysOf(lab), options);
    const learned: number[] = [];
    for (let count = 0; count < options.routes; count++) learned.push(await learn(lab, `more-${count}`));
    say(`a route is known elsewhere after ${inWords(summarize(learned), (ms) => `${ms.toFixed(0)} ms`)}`);
    const of = (count: (typeof streamCounts)[number], other: 'host' | 'hand-made') =>
      median(ratios(bitsOf(found, 'routed', count), bitsOf(found, other, count)));
    const bars = streamCounts.flatMap((count) => [
      atLeast(`TCP with ${count} streams, of the same made by hand`, 0.97, of(count, 'hand-made')),
      atLeast(`TCP with ${count} streams, of the hosts’ own path`, 0.95, of(count, 'host')),
    ]);
    const slowest = atMost(
      'seconds until a route is known elsewhere, the slowest',
      0.3,
      Math.max(...learned) / 1000,
    );
    report.save({ ...options, found, learned }, [...bars, slowest], [streamsChart(arms, found)]);
  } finally {
    await remove();
  }
}

/** @returns milliseconds from when an endpoint has its access until the other host’s kernel leads to it */
async function learn({ a, b }: NodesLab, station: string): Promise<number> {
  const address = await b.join(station, 'far');
  const began = performance.now();
  while (!a.run('ip', 'route', 'show', 'table', '8473').includes(`${address} via`))
    if (performance.now() - began > longest) throw new Error(`nobody heard of ${address}`);
  return performance.now() - began;
}

async function waysOf(lab: NodesLab): Promise<Record<(typeof arms)[number], Way>> {
  const { a, b } = lab;
  // The interface of the way out leads to the other nodes.
  for (const node of [a, b]) node.run('ip', 'route', 'add', 'default', 'via', '192.0.2.254');
  await a.tell({ create: { name: 'far', archetype: 'routed' } });
  await a.join('far-a', 'far');
  const address = await b.join('far-b', 'far');
  const hand = new HandMadeRoutes([
    { node: a, station: 'hand-a', outer: '192.0.2.1' },
    { node: b, station: 'hand-b', outer: '192.0.2.2' },
  ]);
  return {
    host: { from: `/run/netns/${a.namespace}`, to: `/run/netns/${b.namespace}`, address: '192.0.2.2' },
    'hand-made': { from: lab.pathOf('hand-a'), to: lab.pathOf('hand-b'), address: hand.addresses[1] },
    routed: { from: lab.pathOf('far-a'), to: lab.pathOf('far-b'), address },
  };
}
