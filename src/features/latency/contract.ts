import { type Contract, ofProject } from '../../api/contract.ts';
import { integer, type Of, optional, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const latencyQuery = z.strictObject({
  since: optional(integer).describe('Milliseconds since 1970.'),
  until: optional(integer),
  from: optional(text.max(255)).describe('Only from this service.'),
  to: optional(text.max(255)).describe('Only to this service.'),
});
export type LatencyQuery = Of<typeof latencyQuery>;

const packetCounts = record('PacketCounts', '', {
  due: integer.describe('That should have left, those included that nobody was there to answer.'),
  sent: integer,
  received: integer,
  lost: integer.describe('Due and not received.'),
  lostSending: integer.describe('Of those, where irtt knows on which way.'),
  lostReturning: integer,
});
export type PacketCounts = Of<typeof packetCounts>;

const delayFigures = record('DelayFigures', 'Of the packets that came back. Milliseconds.', {
  min: z.number(),
  mean: z.number(),
  median: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
  jitter: z
    .number()
    .nullable()
    .describe(
      'Mean difference between a packet’s delay and that of the one before it; null when no two followed each other.',
    ),
});
export type DelayFigures = Of<typeof delayFigures>;

const clockErrorBound = record('ClockErrorBound', '', {
  milliseconds: z
    .number()
    .nullable()
    .describe('Null: the two clocks moved against each other, and nothing bounds the one-way delays.'),
  basis: z.enum(['same clock', 'delays are positive', 'none']),
  reason: text,
});
export type ClockErrorBound = Of<typeof clockErrorBound>;

const verdict = record('Verdict', '', {
  figure: z.enum(['p50', 'p90', 'p99', 'loss']),
  limit: z.number().describe('Milliseconds of one-way delay from the one to the other, or percent.'),
  observed: z.number().nullable(),
  met: z
    .boolean()
    .nullable()
    .describe('Null: undecided, for nothing was measured or the limit is within the clock error.'),
});
export type Verdict = Of<typeof verdict>;

const latencyRecord = record(
  'LatencyRecord',
  'What was measured from one service to another. Times in milliseconds, loss in percent. Stable.',
  {
    from: text,
    to: text,
    first: time
      .nullable()
      .describe(
        'Start of the first and of the last run of the window that was asked for, RFC 3339; null: nothing was measured.',
      ),
    last: time.nullable(),
    address: text.nullable().describe('Where the reflector answered last, `10.89.0.5:2112`.'),
    packets: packetCounts,
    loss: z.number().nullable().describe('Of the packets that were due; null when none was.'),
    sendDelay: delayFigures.nullable().describe('From the one to the other.'),
    receiveDelay: delayFigures.nullable().describe('And back.'),
    roundTrip: delayFigures
      .nullable()
      .describe('There and back, without the time the reflector took: needs one clock only.'),
    clockErrorBound: clockErrorBound
      .nullable()
      .describe('How far off each one-way delay may be; null: nothing was measured.'),
    objective: z.array(verdict).describe('What was asked for, a verdict a figure.'),
    lastFailure: z
      .object({ at: time, reason: text })
      .nullable()
      .describe('Why the last run without an answer had none.'),
  },
);
export type LatencyRecord = Of<typeof latencyRecord>;

export const latencyContract = {
  route: 'GET /v1/applications/:project/latency',
  summary: 'Delays that were measured',
  params: ofProject,
  query: latencyQuery,
  answer: z.array(latencyRecord),
} as const satisfies Contract;
