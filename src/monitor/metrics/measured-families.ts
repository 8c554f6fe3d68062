import type { Family, Value } from '../../lib/metrics/family.ts';

/** What a benchmark of networks has left, as metrics show it. */
export interface MeasuredFigures {
  /** ISO 8601. */
  readonly at: string;
  /** At which the paths ended; null: at this node. */
  readonly node: string | null;
  readonly networks: readonly {
    readonly name: string;
    /** Bits a second. */
    readonly bandwidth: number | null;
    /** Microseconds. */
    readonly p99: number | null;
  }[];
}

type MeasuredFamily = Family<readonly MeasuredFigures[]>;

/** What container networks gave when they were measured last (`heddle bench net`). */
export const measuredFamilies: readonly MeasuredFamily[] = [
  ofNetworks(
    'heddle_network_measured_bits_per_second',
    'What a kind of network gave over TCP when it was measured last.',
    ({ bandwidth }) => bandwidth,
  ),
  ofNetworks(
    'heddle_network_measured_p99_seconds',
    'Time there and back, of 99 in 100 questions, on a kind of network when it was measured last.',
    ({ p99 }) => p99 && p99 / 1e6,
  ),
  {
    name: 'heddle_network_measured_timestamp_seconds',
    type: 'gauge',
    help: 'When networks were measured last.',
    values: (all) => all.map(({ at, node }) => ({ labels: labelsOf(node), value: Date.parse(at) / 1000 })),
  },
];

function ofNetworks(
  name: string,
  help: string,
  figureOf: (network: MeasuredFigures['networks'][number]) => number | null,
): MeasuredFamily {
  const values = (all: readonly MeasuredFigures[]): Value[] =>
    all.flatMap(({ node, networks }) =>
      networks.flatMap((network) => {
        const value = figureOf(network);
        return value === null ? [] : [{ labels: { archetype: network.name, ...labelsOf(node) }, value }];
      }),
    );
  return { name, type: 'gauge', help, values };
}

/** Nothing where both ends were at this node: it has no name that is not on all of its metrics. */
function labelsOf(node: string | null): { readonly to: string } {
  return { to: node ?? '' };
}
