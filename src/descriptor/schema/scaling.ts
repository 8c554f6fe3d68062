import * as z from '../../lib/zod.ts';
import { MAX_REPLICAS } from '../allowance.ts';
import { type ScaleMetric, scaleMetrics } from '../scaling.ts';
import { closed, converted, duration, integer, text } from './values.ts';

/** Milliseconds: more often nobody looks, and longer nobody waits. */
const shortest = 1_000;
const longest = 86_400_000;

function positive(written: string, unit: RegExp): number | undefined {
  const value = unit.test(written) ? Number.parseFloat(written) : Number.NaN;
  return value > 0 && value < 1e12 ? value : undefined;
}

const target = closed({
  cpu: converted(
    text,
    (written) => {
      const percent = positive(written, /^\d+(\.\d+)?\s*%$/);
      return percent === undefined ? undefined : percent / 100;
    },
    'a share of a replica’s CPU limit, or of one core, such as 60%',
  )
    .meta({ description: 'Of the limit that a replica has, or of one core: 60%.' })
    .optional(),
  sessions: integer
    .refine((count) => count > 0, 'expected a number of connections such as 500')
    .meta({ description: 'Open TCP connections to a replica, or through an instance of a function.' })
    .optional(),
  packets: converted(
    text,
    (written) => positive(written, /^\d+(\.\d+)?\s*\/s$/),
    'packets in a second such as 10000/s',
  )
    .meta({ description: 'Packets that a replica receives in a second: 10000/s.' })
    .optional(),
  delay: duration
    .refine((time) => time > 0 && time <= longest, 'expected a duration such as 5ms')
    .meta({ description: 'How long frames are in an instance of a function on average: 5ms.' })
    .optional(),
})
  .refine(
    (written) => scaleMetrics.filter((metric) => written[metric] !== undefined).length === 1,
    `expected one of ${scaleMetrics.join(', ')}: each metric is an item of the list of its own`,
  )
  .meta({ description: 'A metric, and what it is to be for each replica.' });

const replicas = integer.refine(
  (count) => count >= 1 && count <= MAX_REPLICAS,
  `expected a number of replicas from 1 to ${MAX_REPLICAS}`,
);

const between = (from: number, what: string) =>
  duration.refine((time) => time >= from && time <= longest, `expected a duration of ${what}`);

const window = between(0, 'at most 24h');

/** `x-heddle.scale`: how many replicas there are follows what is measured. */
export const serviceScaling = closed({
  min: replicas.meta({ description: 'Replicas at least (default 1).' }).optional(),
  max: replicas.meta({ description: 'Replicas at most.' }),
  on: z
    .array(target, { error: 'expected a list of metrics such as [{ cpu: 60% }]' })
    .min(1, 'expected one metric or more')
    .refine((all) => isOnce(all.flatMap(metricsOf)), 'expected each metric once')
    .meta({ description: 'What the number follows: of several metrics, the one that asks for most.' }),
  every: between(shortest, '1s to 24h')
    .meta({ description: 'From one look at the metrics to the next (default 15s).' })
    .optional(),
  warmup: window
    .meta({ description: 'For so long a replica that has started is not measured (default 30s).' })
    .optional(),
  stabilization: closed({
    up: window.meta({ description: 'Before there are more (default 0s).' }).optional(),
    down: window.meta({ description: 'Before there are fewer (default 5m).' }).optional(),
  })
    .meta({ description: 'For so long another number has to be asked for without a break.' })
    .optional(),
}).meta({ description: 'How many replicas there are follows what is measured, between bounds.' });

function metricsOf(written: z.output<typeof target>): ScaleMetric[] {
  return scaleMetrics.filter((metric) => written[metric] !== undefined);
}

function isOnce(metrics: readonly ScaleMetric[]): boolean {
  return new Set(metrics).size === metrics.length;
}
