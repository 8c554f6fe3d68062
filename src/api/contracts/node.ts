import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { costRow } from '../../monitor/cost/record.ts';
import { inspectRecord } from '../../monitor/inspect/record.ts';
import { type Contract, ofProject, serviceNames } from '../contract.ts';

const nodeInfo = record('NodeInfo', 'What the node is and uses.', {
  name: text.describe('What other nodes know it by.'),
  version: text,
  pid: integer,
  engine: z.object({ kind: text, version: text, endpoint: text }),
  stateDir: text,
  metrics: text
    .nullable()
    .describe('Where Prometheus finds it beside the socket, `http://127.0.0.1:9850/metrics`; null: nowhere.'),
});
export type NodeInfo = Of<typeof nodeInfo>;

export const infoContract = {
  route: 'GET /v1/node',
  summary: 'What the node is, and the engine it uses',
  answer: nodeInfo,
} as const satisfies Contract;

export const metricsContract = {
  route: 'GET /metrics',
  summary: 'Everything that is measured, as Prometheus reads it',
  /** Whoever scrapes may add parameters of their own. */
  query: z.object({}),
  answer: text,
  sends: 'text',
} as const satisfies Contract;

export const costContract = {
  route: 'GET /v1/applications/:project/cost',
  summary: 'What each container used',
  params: ofProject,
  query: z.strictObject({ since: optional(integer).describe('Milliseconds since 1970.') }),
  answer: z.array(costRow),
} as const satisfies Contract;

export const inspectContract = {
  route: 'GET /v1/applications/:project/inspect',
  summary: 'What was declared of each container, and what is observed',
  params: ofProject,
  query: z.strictObject({ services: optional(serviceNames) }),
  answer: z.array(inspectRecord),
} as const satisfies Contract;
