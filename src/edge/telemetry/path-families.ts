import type { Family, Value } from '../../lib/metrics/family.ts';
import type { InterfaceBytes } from '../../lib/net-dev.ts';
import type { PeerFigures } from '../distance/measuring.ts';

interface Links {
  readonly interfaces: readonly InterfaceBytes[];
}

interface Figures extends Links {
  readonly peers: readonly PeerFigures[];
}

/** What the links of a host carry. */
export const linkFamilies: readonly Family<Links>[] = [
  link(
    'heddle_edge_interface_received_bytes_total',
    'Bytes that came in over a network interface.',
    'received',
  ),
  link('heddle_edge_interface_sent_bytes_total', 'Bytes that left over a network interface.', 'sent'),
];

/** The ways to other sites, and the links they take. */
export const pathFamilies: readonly Family<Figures>[] = [
  {
    name: 'heddle_edge_round_trip_seconds',
    type: 'gauge',
    help: 'Least round trip to the gateway of another site lately.',
    values: ({ peers }) => distances(peers, 'milliseconds'),
  },
  {
    name: 'heddle_edge_round_trip_error_seconds',
    type: 'gauge',
    help: 'How far off that may be.',
    values: ({ peers }) => distances(peers, 'error'),
  },
  {
    name: 'heddle_edge_silence_seconds',
    type: 'gauge',
    help: 'Time since the gateway of another site answered an echo; asked once a second, or less often with more than fifty.',
    values: ({ peers }) =>
      peers.map(({ site, silence }) => ({ labels: { to: site }, value: silence / 1000 })),
  },
  ...linkFamilies,
];

function distances(peers: Figures['peers'], which: 'milliseconds' | 'error'): Value[] {
  return peers.flatMap(({ site, figure }) =>
    figure ? [{ labels: { to: site }, value: figure[which] / 1000 }] : [],
  );
}

function link(name: string, help: string, which: 'received' | 'sent'): Family<Links> {
  return {
    name,
    type: 'counter',
    help,
    values: ({ interfaces }) =>
      interfaces.map((one) => ({ labels: { interface: one.name }, value: one[which] })),
  };
}
