import { type Family, featureMetrics } from '../../monitor/metrics/family.ts';
import type { FirewallCounter } from './contract.ts';
import { readCounts } from './reader/firewall.ts';

export const families: readonly Family<readonly FirewallCounter[]>[] = [
  counter('heddle_firewall_packets_total', 'Packets that met a rule of a firewall.', 'packets'),
  counter('heddle_firewall_bytes_total', 'Bytes that met a rule of a firewall.', 'bytes'),
];

export const firewallMetrics = featureMetrics(({ engine, spec }) => readCounts(engine, spec, []), families);

function counter(
  name: string,
  help: string,
  figure: 'bytes' | 'packets',
): Family<readonly FirewallCounter[]> {
  return {
    name,
    type: 'counter',
    help,
    values: (counters) =>
      counters.map(({ service, pod, chain, direction, rule, verdict, ...one }) => ({
        labels: { service, pod, chain, direction, rule, verdict },
        value: one[figure],
      })),
  };
}
