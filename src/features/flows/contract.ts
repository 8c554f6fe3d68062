import { type Contract, ofProject, serviceNames } from '../../api/contract.ts';
import { integer, type Of, optional, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { flowEnd } from '../../monitor/addresses/end.ts';

const window = {
  since: optional(integer).describe('Milliseconds since 1970.'),
  until: optional(integer),
  /** To nfdump it would be an option. */
  filter: optional(text.max(4096).regex(/^(?!-)/, 'a filter does not begin with -')).describe(
    'In nfdump’s own filter syntax.',
  ),
  services: optional(serviceNames).describe('Only flows that one of these services is an end of.'),
  raw: optional(z.boolean()).describe('What each probe saw, instead of one record for all that saw it.'),
};
const limited = { ...window, limit: optional(integer.min(1).max(100_000)).describe('The newest so many.') };
const flowQuery = z.strictObject(limited);
export type FlowQuery = Of<typeof flowQuery>;

/** What talkers are put in order by. */
const figure = z.enum(['bytes', 'packets', 'flows']);
export type Figure = z.output<typeof figure>;

const flowRecord = record('FlowRecord', 'One direction of one conversation, or of a stretch of it. Stable.', {
  first: time.describe('RFC 3339, with milliseconds.'),
  last: time,
  received: time,
  exporters: z.array(text).describe('The pods whose probes saw it.'),
  protocol: text,
  source: flowEnd,
  destination: flowEnd,
  packets: integer,
  bytes: integer,
  tcpFlags: optional(text),
});
export type FlowRecord = Of<typeof flowRecord>;

const talkers = record(
  'Talkers',
  'What all replicas of one service, or one address, sent to another. Stable.',
  {
    source: text,
    destination: text,
    flows: integer,
    packets: integer,
    bytes: integer,
    first: time.describe('RFC 3339.'),
    last: time,
  },
);
export type Talkers = Of<typeof talkers>;

export const flowsContract = {
  route: 'GET /v1/applications/:project/flows',
  summary: 'Flows that were seen',
  params: ofProject,
  query: flowQuery,
  answer: z.array(flowRecord),
} as const satisfies Contract;

export const topTalkersContract = {
  route: 'GET /v1/applications/:project/flows/top',
  summary: 'Who sent most to whom',
  params: ofProject,
  query: z.strictObject({ ...limited, by: figure.default('bytes') }),
  answer: z.array(talkers),
} as const satisfies Contract;

export const followFlowsContract = {
  route: 'GET /v1/applications/:project/flows/follow',
  summary: 'Flows as they are seen',
  params: ofProject,
  query: z.strictObject(window),
  answer: flowRecord,
  sends: 'lines',
} as const satisfies Contract;
