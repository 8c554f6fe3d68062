import { integer, type Of, optional, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { costRow } from '../../monitor/cost/record.ts';
import { inspectRecord } from '../../monitor/inspect/record.ts';
import { nodeName } from '../../networks/standard/network.ts';
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

const serviceStatus = record('ServiceStatus', 'A service of the node.', {
  name: text,
  process: z.enum(['own', 'shared']).describe('Whether it runs in a process of its own, or in the node’s.'),
  phase: z
    .enum(['stopped', 'starting', 'ready', 'failed'])
    .describe('`failed`: it crashed, or could not be started, and is tried again; `reason` says why.'),
  reason: text.nullable(),
  restarts: integer.describe('How often it was started again.'),
  since: time.describe('Of this phase.'),
  pid: integer.nullable().describe('Of its process, if that is its own.'),
  networks: integer.nullable().describe('That it has; null where it does not answer.'),
  troubled: integer.nullable().describe('Of these, how many are not as they should be.'),
});
export type ServiceStatus = Of<typeof serviceStatus>;

const edgeStatus = record('EdgeStatus', 'What joins networks to those of other nodes.', {
  driver: text,
  uplink: text,
  up: z.boolean().describe('Whether the uplink is there, and carries.'),
  joined: z.array(
    z.object({
      vlan: integer,
      network: text,
      toWire: z.object({ packets: integer, bytes: integer, dropped: integer }),
      fromWire: z.object({ packets: integer, bytes: integer, dropped: integer }),
    }),
  ),
});

const sharedStatus = record('SharedStatus', 'The state that nodes share networks in.', {
  endpoints: z.array(text).describe('Of etcd.'),
  current: z
    .boolean()
    .describe('Whether what is read is what nodes agree on now; else it is what was last seen.'),
  reason: text.nullable().describe('Why it is not.'),
});

const remoteStatus = record('RemoteStatus', 'Where hosts may ask this node over TLS about networks.', {
  listen: text.describe('The address and the port.'),
  listening: z.boolean(),
  expires: time.nullable().describe('When the certificate in use ends; null: none was used yet.'),
  reason: text.nullable().describe('Why it does not listen, or still uses a certificate that was replaced.'),
});
export type RemoteStatus = Of<typeof remoteStatus>;

const nodeHealth = nodeInfo
  .extend({
    since: time.describe('When it started.'),
    services: z.array(serviceStatus).describe('In the order in which they start.'),
    edge: edgeStatus.nullable(),
    shared: sharedStatus.nullable().describe('Null: this node shares networks with no other.'),
    api: remoteStatus.nullable().describe('Null: other hosts are not let in.'),
  })
  .meta({ id: 'NodeHealth', description: 'How the node and its services are.' });
export type NodeHealth = Of<typeof nodeHealth>;

export const nodeStatusContract = {
  route: 'GET /v1/node/status',
  summary: 'How the node and its services are',
  answer: nodeHealth,
} as const satisfies Contract;

const nodeMember = record('NodeMember', 'A node of those that share networks.', {
  name: text,
  present: z.boolean().describe('Whether it is there now; one that is away keeps its endpoints.'),
  site: optional(text).describe('The place that it is at; absent: it did not say.'),
  api: optional(text).describe('Where it lets other nodes ask it; absent: nowhere.'),
  engine: optional(text).describe('The container engine that it has.'),
});
export type NodeMember = Of<typeof nodeMember>;

export const nodesContract = {
  route: 'GET /v1/nodes',
  summary: 'The nodes that share networks',
  answer: z.array(nodeMember),
} as const satisfies Contract;

export const removeNodeContract = {
  route: 'DELETE /v1/nodes/:node',
  summary: 'Forget a node that will not come back, with its endpoints',
  params: z.strictObject({ node: nodeName }),
  answer: z.object({ name: text }),
} as const satisfies Contract;

const nodeLogsQuery = z.strictObject({
  service: optional(text.max(64)).describe('Of this one only: `node`, or a service’s name.'),
  tail: optional(integer.min(0).max(100_000)).describe('Only so many lines, the last.'),
  follow: z.boolean().default(false),
});
export type NodeLogsQuery = Of<typeof nodeLogsQuery>;

const nodeLogLine = record('NodeLogLine', '', {
  time,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  service: text.describe('`node`, or the name of a service.'),
  message: text,
  fields: z.record(text, z.unknown()),
});
export type NodeLogLine = Of<typeof nodeLogLine>;

export const nodeLogsContract = {
  route: 'GET /v1/node/logs',
  summary: 'What the node and its services have logged since the node started',
  query: nodeLogsQuery,
  answer: nodeLogLine,
  sends: 'lines',
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
