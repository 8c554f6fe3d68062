import { integer, type Of, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

export const costRow = record(
  'CostRow',
  'What one container of an application cost in a stretch of time. Stable.',
  {
    container: text,
    pod: text,
    service: text.nullable(),
    role: text.describe(
      '`application`, `agent`, `collector`, `sandbox`, or `node`: the node itself, which serves every application.',
    ),
    feature: text.nullable(),
    cpu: z.number().describe('Cores, on average: 0.02 is 2 % of one.'),
    cpuSeconds: z.number().describe('Seconds.'),
    memory: integer.describe('Bytes at the end, and at most.'),
    memoryPeak: integer,
    sent: integer.describe(
      'Bytes: of an application on its networks, of an agent or collector on its pod’s management link, which the agents of one pod share; of an agent beside a service on both.',
    ),
    received: integer,
    seconds: z.number().describe('Seconds that were measured.'),
  },
);
export type CostRow = Of<typeof costRow>;
