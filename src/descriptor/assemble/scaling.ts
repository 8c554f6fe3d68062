import { type Scaling, scaleMetrics, usualScaling } from '../scaling.ts';
import { keyAt, label, type ServiceJob } from './context.ts';

/** How the number of a service's replicas follows what is measured. */
export function toScaling(job: ServiceJob): Scaling | undefined {
  const written = job.compose['x-heddle']?.scale;
  if (!written) return undefined;
  const { min = 1, max, on, every = usualScaling.every, stabilization = {} } = written;
  if (min > max) {
    const path = ['x-heddle', 'scale', 'min'];
    const message = `${label(job, path)}: at least ${min} replicas cannot be at most ${max}`;
    job.assembly.shop.findings.error('ERR_COMPOSE_CONFLICT', message, keyAt(job, path));
  }
  return {
    min,
    max,
    on: on.flatMap((target) =>
      scaleMetrics.flatMap((metric) => {
        const value = target[metric];
        return value === undefined ? [] : [{ metric, target: value }];
      }),
    ),
    every,
    warmup: written.warmup ?? usualScaling.warmup,
    stabilization: {
      up: stabilization.up ?? usualScaling.up,
      down: stabilization.down ?? usualScaling.down,
    },
  };
}
