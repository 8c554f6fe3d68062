import {
  containerImage,
  containerStatus,
  event,
  execOutput,
  inspectRecord,
  logLine,
  nodeInfo,
  plan,
  summary,
} from './application.ts';
import { edgeListing } from './edge.ts';
import {
  containerEvent,
  containerProcesses,
  containerStats,
  endedContainer,
  reachedPath,
} from './handling.ts';
import {
  costRow,
  firewallReport,
  flowRecord,
  latencyRecord,
  objectRecord,
  snmpRow,
  talkers,
} from './measured.ts';
import { described, list, type Schema, text } from './shape.ts';

/** What a route does, and what it answers with. Requests are described where the route is. */
export interface RouteDescription {
  readonly summary: string;
  readonly answer: Schema;
  /** `application/x-ndjson`: a line of JSON each. */
  readonly type?: 'application/x-ndjson' | 'application/x-tar' | 'text/plain';
}

const application = '/v1/applications/{project}';

function operation(summary: string): RouteDescription {
  return { summary, answer: event, type: 'application/x-ndjson' };
}

/** Every route of the API. A test compares this with the routes that there are. */
export const routes: Readonly<Record<string, RouteDescription>> = {
  'GET /v1/node': { summary: 'What the node is, and the engine it uses', answer: nodeInfo },
  'GET /openapi.json': { summary: 'This description', answer: { type: 'object' } },
  'GET /metrics': {
    summary: 'Everything that is measured, as Prometheus reads it',
    answer: text,
    type: 'text/plain',
  },
  'GET /v1/applications': { summary: 'All applications', answer: list(summary) },
  [`GET ${application}`]: { summary: 'The containers of one', answer: list(containerStatus) },
  [`POST ${application}/plan`]: { summary: 'What `up` would do, and why', answer: plan },
  [`POST ${application}/up`]: operation('Make an application as specified'),
  [`POST ${application}/down`]: operation('Remove an application'),
  [`POST ${application}/stop`]: operation('Stop services'),
  [`POST ${application}/start`]: operation('Start services'),
  [`POST ${application}/restart`]: operation('Restart services'),
  [`POST ${application}/kill`]: operation('Send a signal to containers of services'),
  [`POST ${application}/rm`]: operation('Remove containers of services that do not run'),
  [`POST ${application}/pause`]: operation('Pause services'),
  [`POST ${application}/unpause`]: operation('Let paused services go on'),
  [`GET ${application}/top`]: { summary: 'What runs in containers', answer: list(containerProcesses) },
  [`GET ${application}/wait`]: {
    summary: 'Containers as they end',
    answer: endedContainer,
    type: 'application/x-ndjson',
  },
  [`GET ${application}/events`]: {
    summary: 'What happens to containers of services',
    answer: containerEvent,
    type: 'application/x-ndjson',
  },
  [`GET ${application}/stats`]: {
    summary: 'What containers use, once or each second',
    answer: list(containerStats),
    type: 'application/x-ndjson',
  },
  [`GET ${application}/archive`]: {
    summary: 'A file or folder of a container, as a tar archive',
    answer: described(text, 'a tar archive'),
    type: 'application/x-tar',
  },
  [`GET ${application}/archive/stat`]: {
    summary: 'What stands at a path of a container',
    answer: reachedPath,
  },
  [`PUT ${application}/archive`]: {
    summary: 'Unpack a tar archive in a folder of a container',
    answer: { type: 'object' },
  },
  [`POST ${application}/run`]: {
    summary: 'Run a container beside the replicas of a service, to its end',
    answer: execOutput,
    type: 'application/x-ndjson',
  },
  [`POST ${application}/attach`]: {
    summary: 'Join the first process of a container',
    answer: execOutput,
    type: 'application/x-ndjson',
  },
  [`GET ${application}/logs`]: {
    summary: 'What services print',
    answer: logLine,
    type: 'application/x-ndjson',
  },
  [`POST ${application}/exec`]: {
    summary: 'Run a program in a container of a service',
    answer: execOutput,
    type: 'application/x-ndjson',
  },
  [`GET ${application}/images`]: {
    summary: 'The image of each container',
    answer: list(containerImage),
  },
  'POST /v1/images/build': operation('Build images of the catalogue, or of services'),
  'POST /v1/images/pull': operation('Pull images from their registries'),
  'POST /v1/images/push': operation('Push images to their registries'),
  [`GET ${application}/inspect`]: {
    summary: 'What was declared of each container, and what is observed',
    answer: list(inspectRecord),
  },
  [`GET ${application}/flows`]: { summary: 'Flows that were seen', answer: list(flowRecord) },
  [`GET ${application}/flows/top`]: { summary: 'Who sent most to whom', answer: list(talkers) },
  [`GET ${application}/flows/follow`]: {
    summary: 'Flows as they are seen',
    answer: flowRecord,
    type: 'application/x-ndjson',
  },
  [`GET ${application}/latency`]: { summary: 'Delays that were measured', answer: list(latencyRecord) },
  [`GET ${application}/firewall`]: { summary: 'What firewalls counted and denied', answer: firewallReport },
  [`GET ${application}/firewall/suggestions`]: {
    summary: 'The tightest rules that the flows seen allow',
    answer: list({ type: 'object' }),
  },
  'GET /v1/edge/services': { summary: 'What applications publish at the edge', answer: edgeListing },
  'GET /v1/edge/services/follow': {
    summary: 'The same at once, when it changes, and every five seconds',
    answer: edgeListing,
    type: 'application/x-ndjson',
  },
  [`GET ${application}/cost`]: { summary: 'What each container used', answer: list(costRow) },
  [`GET ${application}/snmp/view/{view}`]: {
    summary: 'What agents answer, as a table',
    answer: list(snmpRow),
  },
  [`GET ${application}/snmp/objects`]: { summary: 'Objects of an agent', answer: list(objectRecord) },
  [`POST ${application}/snmp/objects`]: { summary: 'Set an object of an agent', answer: list(objectRecord) },
};
