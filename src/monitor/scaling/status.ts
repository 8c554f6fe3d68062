import { scaleMetrics } from '../../descriptor/scaling.ts';
import { integer, type Of, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const scaleStep = record(
  'ScaleStep',
  'A change of the number of replicas that the node has made by itself.',
  {
    at: time.describe('RFC 3339.'),
    from: integer,
    to: integer,
    reason: text,
    outcome: z
      .enum(['running', 'done', 'failed', 'interrupted'])
      .describe('`interrupted`: somebody asked for something else meanwhile.'),
    error: text.nullable(),
  },
);
export type ScaleStep = Of<typeof scaleStep>;

const metricStatus = record('ScaleMetric', 'What a number of replicas follows.', {
  metric: z.enum(scaleMetrics),
  target: z
    .number()
    .describe(
      'For each replica: cpu as a share of its limit, or of one core; open sessions; packets in a second; delay in milliseconds.',
    ),
  value: z.number().nullable().describe('The same at the last look; null where it is not known.'),
});

export const scalingStatus = record('ScalingStatus', 'A service whose replicas follow metrics. Stable.', {
  service: text,
  replicas: integer.describe('That are wanted now.'),
  min: integer,
  max: integer,
  asked: integer.nullable().describe('What the metrics ask for; null before they are known.'),
  metrics: z.array(metricStatus),
  reason: text.nullable().describe('Why there are as many, or why nothing is decided now.'),
  steps: z.array(scaleStep).describe('The last ones, the newest first.'),
});
export type ScalingStatus = Of<typeof scalingStatus>;
