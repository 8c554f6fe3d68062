import { type Family, featureMetrics } from '../../monitor/metrics/family.ts';
import type { Talkers } from './contract.ts';
import { readTop } from './reader/top.ts';

/** Talkers that are told apart; the rest would only fill the store of whoever scrapes. */
const talkersTold = 50;

export const families: readonly Family<readonly Talkers[]>[] = [
  talker(
    'heddle_flows_bytes_per_second',
    'Bytes that one service or address sent another over the last minute.',
    'bytes',
  ),
  talker(
    'heddle_flows_packets_per_second',
    'Packets that one service or address sent another over the last minute.',
    'packets',
  ),
];

export const flowsMetrics = featureMetrics(
  ({ engine, spec, since, assignments }) =>
    readTop(engine, spec, { since, by: 'bytes', limit: talkersTold }, assignments),
  families,
);

function talker(name: string, help: string, figure: 'bytes' | 'packets'): Family<readonly Talkers[]> {
  return {
    name,
    type: 'gauge',
    help,
    values: (pairs) =>
      pairs.map((pair) => ({
        labels: { source: pair.source, destination: pair.destination },
        value: pair[figure] / 60,
      })),
  };
}
