import { distributed, type Labels, type Value } from '../../lib/metrics/family.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import type { HopTelemetry, HopTraffic } from '../../networks/path/telemetry/status.ts';
import type { Family } from './family.ts';

type HopFamily = Family<{ readonly chains: readonly ChainStatus[] }>;

/** What passes the functions of chains: `direction` is towards the pod, or from it. Those of a pod's own path are of no chain. */
export const hopFamilies: readonly HopFamily[] = [
  tallies('packets', 'Packets'),
  tallies('bytes', 'Bytes, with their headers from Ethernet on,'),
  {
    name: 'heddle_chain_hop_delay_seconds',
    type: 'histogram',
    help: 'How long frames were in a function, of those that were timed. A function that changes what makes a frame known has none.',
    values: ofEach(({ delay }, labels) => {
      if (!delay) return [];
      const { buckets, sum, samples } = delay;
      const bounds = buckets.map(({ upTo, count }) => ({ bound: seconds(upTo), count }));
      return distributed(labels, { buckets: bounds, sum: seconds(sum), count: samples });
    }),
  },
  {
    name: 'heddle_chain_hop_link_seconds',
    type: 'histogram',
    help: 'How long frames took from the function before to this one, of those that were timed; without buckets.',
    values: ofEach(({ hop }, labels) =>
      hop === null ? [] : distributed(labels, { buckets: [], sum: seconds(hop.sum), count: hop.samples }),
    ),
  },
  queued('queue_packets', 'gauge', 'Packets that wait in a function to be sent on, of one that has a queue.'),
  queued('queue_bytes', 'gauge', 'Bytes that wait in a function to be sent on, of one that has a queue.'),
  queued('queue_drops_total', 'counter', 'Packets that the queue of a function had no room for.'),
];

/** Of whole nanoseconds, so that a bound reads as it is. */
function seconds(microseconds: number): number {
  return Math.round(microseconds * 1000) / 1e9;
}

function tallies(unit: 'packets' | 'bytes', what: string): HopFamily {
  return {
    name: `heddle_chain_hop_${unit}_total`,
    type: 'counter',
    help: `${what} that went into a function (end="entry") and came out of it on the other side (end="exit").`,
    values: ofEach(({ entered, left }, labels) =>
      (
        [
          ['entry', entered],
          ['exit', left],
        ] as const
      ).flatMap(([end, tally]) => (tally ? [{ labels: { ...labels, end }, value: tally[unit] }] : [])),
    ),
  };
}

function queued(
  what: 'queue_packets' | 'queue_bytes' | 'queue_drops_total',
  type: HopFamily['type'],
  help: string,
): HopFamily {
  const values = ofEach(({ queue }, labels) => {
    if (!queue) return [];
    const { packets, bytes, drops } = queue;
    const figures = { queue_packets: packets, queue_bytes: bytes, queue_drops_total: drops };
    return [{ labels, value: figures[what] }];
  });
  return { name: `heddle_chain_hop_${what}`, type, help, values };
}

/** What follows from the traffic of each function in each direction. */
function ofEach(valuesOf: (traffic: HopTraffic, labels: Labels) => Value[]): HopFamily['values'] {
  return ({ chains }) =>
    hopsOf(chains).flatMap(({ chain, pod, function: fn, traffic }) =>
      traffic.flatMap((one) => valuesOf(one, { chain, pod, function: fn, direction: one.direction })),
    );
}

/** What each chain of a pod says of what all its traffic passes is the same, and said once. */
function hopsOf(chains: readonly ChainStatus[]): readonly Hop[] {
  const all = chains.flatMap(({ chain, pods }) =>
    pods.flatMap(({ pod, telemetry }) =>
      telemetry.map(({ shared, ...hop }): Hop => ({ ...hop, pod, chain: shared ? '' : chain })),
    ),
  );
  return [...new Map(all.map((hop) => [`${hop.chain} ${hop.pod} ${hop.function}`, hop])).values()];
}

interface Hop extends Omit<HopTelemetry, 'shared'> {
  readonly pod: string;
  readonly chain: string;
}
