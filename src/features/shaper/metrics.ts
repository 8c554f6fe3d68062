import { type Family, featureMetrics } from '../../monitor/metrics/family.ts';
import type { ShaperRecord } from './contract.ts';
import { readShapers } from './reader/shaper.ts';

export const families: readonly Family<readonly ShaperRecord[]>[] = [
  family('heddle_shaper_bytes_total', 'counter', 'Bytes that passed a shaper.', 'bytes'),
  family('heddle_shaper_packets_total', 'counter', 'Packets that passed a shaper.', 'packets'),
  family('heddle_shaper_dropped_packets_total', 'counter', 'Packets that a shaper dropped.', 'dropped'),
  family('heddle_shaper_waiting_bytes', 'gauge', 'Bytes that wait in a shaper for their turn.', 'waiting'),
];

export const shaperMetrics = featureMetrics(({ engine, spec }) => readShapers(engine, spec, []), families);

function family(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  figure: 'bytes' | 'packets' | 'dropped' | 'waiting',
): Family<readonly ShaperRecord[]> {
  return {
    name,
    type,
    help,
    values: (records) =>
      records.map(({ service, pod, chain, direction, ...one }) => ({
        labels: { service, pod, chain, direction },
        value: one[figure],
      })),
  };
}
