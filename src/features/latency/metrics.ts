import type { Value } from '../../lib/metrics/family.ts';
import { type Family, featureMetrics } from '../../monitor/metrics/family.ts';
import type { DelayFigures, LatencyRecord } from './contract.ts';
import { readLatency } from './reader/latency.ts';

export const families: readonly Family<readonly LatencyRecord[]>[] = [
  {
    name: 'heddle_latency_delay_seconds',
    type: 'gauge',
    help: 'Delay between two services over the last minute.',
    values: (records) =>
      records.flatMap(({ from, to, sendDelay, receiveDelay, roundTrip }) => [
        ...delays({ from, to, direction: 'send' }, sendDelay),
        ...delays({ from, to, direction: 'receive' }, receiveDelay),
        ...delays({ from, to, direction: 'round_trip' }, roundTrip),
      ]),
  },
  {
    name: 'heddle_latency_clock_error_seconds',
    type: 'gauge',
    help: 'How far off a one-way delay may be.',
    values: (records) =>
      records.flatMap(({ from, to, clockErrorBound }) => {
        const milliseconds = clockErrorBound?.milliseconds;
        return milliseconds === null || milliseconds === undefined
          ? []
          : { labels: { from, to }, value: milliseconds / 1000 };
      }),
  },
  {
    name: 'heddle_latency_loss_ratio',
    type: 'gauge',
    help: 'Packets lost between two services over the last minute.',
    values: (records) =>
      records.flatMap(({ from, to, loss }) =>
        loss === null ? [] : { labels: { from, to }, value: loss / 100 },
      ),
  },
  {
    name: 'heddle_latency_objective_met',
    type: 'gauge',
    help: '1 when an objective was met over the last minute, 0 when not; absent while undecided.',
    values: (records) =>
      records.flatMap(({ from, to, objective }) =>
        objective.flatMap(({ figure, met }) =>
          met === null ? [] : { labels: { from, to, figure }, value: met ? 1 : 0 },
        ),
      ),
  },
];

export const latencyMetrics = featureMetrics(
  ({ folder, spec, since }) => readLatency(folder, spec, { since }),
  families,
);

function delays(labels: Readonly<Record<string, string>>, figures: DelayFigures | null): Value[] {
  if (!figures) return [];
  const { min, median, p90, p99, max } = figures;
  return Object.entries({ min, median, p90, p99, max }).map(([figure, milliseconds]) => ({
    labels: { ...labels, figure },
    value: milliseconds / 1000,
  }));
}
