import { integer, type Of, record, text } from '../../../lib/schema.ts';
import * as z from '../../../lib/zod.ts';

const microseconds = z.number();

const hopDelay = record('HopDelay', 'How long frames were in a function, in microseconds.', {
  samples: integer.describe('Frames that were timed.'),
  sum: microseconds.describe('Of all of them.'),
  mean: microseconds,
  p50: microseconds,
  p90: microseconds,
  p99: microseconds,
  buckets: z
    .array(z.object({ upTo: microseconds, count: integer }))
    .describe('How many of them were in it for so long at most.'),
});

const hopLink = record(
  'HopLink',
  'How long frames took from the function before to this one, in microseconds.',
  { samples: integer.describe('Frames that were timed.'), sum: microseconds, mean: microseconds },
);

const hopQueue = record('HopQueue', 'What waits in the function to be sent on, and what did not fit.', {
  kind: text.describe('As tc(8) calls it: `tbf`.'),
  packets: integer,
  bytes: integer,
  drops: integer.describe('Packets, since the queue is there.'),
});

const tally = record('HopTally', '', { packets: integer, bytes: integer });

export const hopTraffic = record(
  'HopTraffic',
  'What passes a function in one direction, since it stands in its place there. Of all interfaces of the pod, and without probes.',
  {
    direction: z.enum(['in', 'out']).describe('`in`: towards the pod.'),
    entered: tally.nullable().describe('What went into the function.'),
    left: tally.nullable().describe('What came out of it on the other side.'),
    lost: integer
      .nullable()
      .describe('Packets that went in and did not come out: it dropped or kept them, or has them still.'),
    lostBefore: integer
      .nullable()
      .describe(
        'Packets that came out of the function before it and did not get here; of the first, not known.',
      ),
    delay: hopDelay.nullable(),
    hop: hopLink.nullable(),
    queue: hopQueue.nullable().describe('Of a function that has one, as a shaper does.'),
    note: text.nullable().describe('Why something of it is not known, in words.'),
  },
);
export type HopTraffic = Of<typeof hopTraffic>;

export const hopTelemetry = record('HopTelemetry', 'A function of a chain, and the traffic that passes it.', {
  function: text.describe('Its pod.'),
  shared: z
    .boolean()
    .describe('Whether it is of the pod’s own path: what passes it is all of the pod’s traffic then.'),
  traffic: z.array(hopTraffic).describe('Towards the pod, and from it.'),
});
export type HopTelemetry = Of<typeof hopTelemetry>;
