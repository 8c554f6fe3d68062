import type { ScalingStatus } from '../scaling/status.ts';
import type { Family } from './family.ts';

type ScalingFamily = Family<{ readonly scaling: readonly ScalingStatus[] }>;

/** Of services whose replicas follow metrics. */
export const scalingFamilies: readonly ScalingFamily[] = [
  replicas('heddle_scale_replicas', 'Replicas that are wanted of a service now.', (one) => one.replicas),
  replicas('heddle_scale_asked_replicas', 'Replicas that its metrics ask for.', ({ asked }) => asked),
  replicas('heddle_scale_min_replicas', 'Replicas that it has at least.', ({ min }) => min),
  replicas('heddle_scale_max_replicas', 'Replicas that it has at most.', ({ max }) => max),
  metric('heddle_scale_metric', 'What a metric is for each replica.', ({ value }) => value),
  metric('heddle_scale_target', 'What a metric is to be for each replica.', ({ target }) => target),
];

function replicas(
  name: string,
  help: string,
  figure: (status: ScalingStatus) => number | null,
): ScalingFamily {
  const values: ScalingFamily['values'] = ({ scaling }) =>
    scaling.flatMap((status) => {
      const value = figure(status);
      return value === null ? [] : [{ labels: { service: status.service }, value }];
    });
  return { name, type: 'gauge', help, values };
}

/** CPU as a share of the limit, or of one core; sessions; packets in a second; the delay in seconds. */
function metric(
  name: string,
  help: string,
  figure: (of: ScalingStatus['metrics'][number]) => number | null,
): ScalingFamily {
  const values: ScalingFamily['values'] = ({ scaling }) =>
    scaling.flatMap(({ service, metrics }) =>
      metrics.flatMap((one) => {
        const value = figure(one);
        if (value === null) return [];
        return [
          { labels: { service, metric: one.metric }, value: one.metric === 'delay' ? value / 1000 : value },
        ];
      }),
    );
  return { name, type: 'gauge', help, values };
}
