import { scaleFigure } from '../../descriptor/scaling.ts';
import type { ScalingStatus } from '../../monitor/scaling/status.ts';
import { agoText } from './ago.ts';
import { tableOf } from './table.ts';

/** Services whose replicas follow metrics, and the steps that were made for these, the newest first. */
export function scalingText(all: readonly ScalingStatus[], now: number): string {
  const services = tableOf(all, {
    SERVICE: ({ service }) => service,
    REPLICAS: ({ replicas }) => replicas,
    MIN: ({ min }) => min,
    MAX: ({ max }) => max,
    METRICS: ({ metrics }) => metrics.map(metricText).join(', '),
    BECAUSE: ({ reason }) => reason ?? 'it has just begun',
  });
  const steps = all.flatMap(({ service, steps: own }) => own.map((step) => ({ service, ...step })));
  if (steps.length === 0) return `${services}\n`;
  const newest = steps.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const made = tableOf(newest, {
    STEP: ({ service }) => service,
    AGO: ({ at }) => agoText(at, now),
    REPLICAS: ({ from, to }) => (from === to ? String(to) : `${from} to ${to}`),
    OUTCOME: ({ outcome, error }) => (error === null ? outcome : `${outcome}: ${error}`),
    BECAUSE: ({ reason }) => reason,
  });
  return `${services}\n\n${made}\n`;
}

/** `cpu 43%/60%`, as `kubectl get hpa` has it. */
function metricText({ metric, value, target }: ScalingStatus['metrics'][number]): string {
  const seen = value === null ? '<unknown>' : scaleFigure(metric, value);
  return `${metric} ${seen}/${scaleFigure(metric, target)}`;
}
