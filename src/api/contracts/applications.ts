import { integer, type Of, optional, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { specification } from '../checks.ts';
import { type Contract, ofProject, serviceNames } from '../contract.ts';
import { operationEvent, shownPlan } from './operation.ts';
import { projectSource } from './project-source.ts';

const flag = optional(z.boolean());
const services = optional(serviceNames).describe('These only; absent or empty: all.');
const timeout = optional(integer.min(0).max(3_600_000_000)).describe(
  'Milliseconds that containers have to end, instead of what the file says.',
);

const applicationSummary = record('ApplicationSummary', '', {
  project: text,
  services: integer,
  running: integer,
  containers: integer,
  files: z.array(text),
  namespaces: z.array(text).describe('Names under `/run/netns` of the network namespaces that are its own.'),
});
export type ApplicationSummary = Of<typeof applicationSummary>;

const containerStatus = record(
  'ContainerStatus',
  'One container of an application, as `heddle ps` shows it. Stable.',
  {
    name: text,
    id: text.nullable().describe('The engine’s; null while there is no container.'),
    service: text.nullable(),
    index: integer.nullable().describe('Of the replica, from 1.'),
    pod: text,
    role: text,
    feature: text.nullable(),
    image: text,
    state: text,
    health: text.nullable(),
    exitCode: integer.nullable(),
    startedAt: time.nullable().describe('RFC 3339.'),
    ports: z.array(text),
    note: text.nullable(),
    oneOff: z.boolean().describe('Whether `heddle run` made it.'),
    orphan: z.boolean().describe('Whether its service is no longer wanted.'),
    node: optional(text).describe('Who has it, where an application is over several nodes.'),
  },
);
export type ContainerStatus = Of<typeof containerStatus>;

/** How an application is made, whatever it is made from. */
export const makingFlags = {
  build: flag,
  services: optional(serviceNames).describe('These only, and what they depend on; absent or empty: all.'),
  noDeps: flag.describe('Without what they depend on.'),
  recreate: optional(z.enum(['force', 'never'])).describe(
    '`force`: make containers anew that are as their file says. `never`: leave those that are not.',
  ),
  recreateDeps: flag.describe('`force` is for what the services depend on, too.'),
  renewVolumes: flag.describe('Containers that are made anew begin with empty anonymous volumes.'),
  removeOrphans: flag,
  noStart: flag.describe('Create containers without starting them.'),
  timeout,
  detach: flag.describe('Go on when the client has gone.'),
};

const upRequest = z.strictObject({
  spec: specification,
  ...makingFlags,
  inactive: optional(serviceNames).describe(
    'Services of the file whose profiles are not enabled: no orphans.',
  ),
  empty: optional(serviceNames).describe('Services of the file that are to have no replica.'),
  named: flag.describe(
    'Whether somebody gave the project its name: then its files may stand somewhere else than before.',
  ),
  origin: optional(projectSource).describe(
    'What it was made from, where replicas follow metrics: it is made anew from that when their number changes.',
  ),
});
export type UpRequest = Of<typeof upRequest>;

const imagesToRemove = z.enum(['local', 'all']);
export type ImagesToRemove = z.output<typeof imagesToRemove>;

const downRequest = z.strictObject({
  volumes: flag,
  images: optional(imagesToRemove).describe(
    'Images of its services, too: those that were built without a name in the file, or all.',
  ),
  services,
  removeOrphans: flag,
  timeout,
  file: optional(
    z.strictObject({
      dir: text.max(4096),
      files: z.array(text.max(4096)).max(1000),
      services: serviceNames,
      named: z.boolean(),
    }),
  ).describe('What the file describes that is taken down. Absent: all of the project, whatever it is from.'),
});
export type DownRequest = Of<typeof downRequest>;

const servicesRequest = z.strictObject({
  services,
  timeout,
  noDeps: flag.describe('Without those that depend on them, or that they depend on.'),
});
export type ServicesRequest = Of<typeof servicesRequest>;

const seconds = optional(z.number()).describe('Seconds since 1970.');

const logsQuery = z.strictObject({
  services: serviceNames.default([]),
  follow: z.boolean().default(false),
  tail: optional(integer.min(0)),
  since: seconds,
  until: seconds,
  index: optional(integer.min(1)).describe('Of the replica; absent: all.'),
  timestamps: z.boolean().default(false),
});
export type LogsQuery = Of<typeof logsQuery>;

const containerLine = record('ContainerLine', '', {
  container: text,
  stream: z.enum(['stdout', 'stderr']),
  text,
});
export type ContainerLine = Of<typeof containerLine>;

const base = '/v1/applications';
const application = `${base}/:project` as const;

export const summariesContract = {
  route: `GET ${base}`,
  summary: 'All applications',
  answer: z.array(applicationSummary),
} as const satisfies Contract;

export const statusContract = {
  route: `GET ${application}`,
  summary: 'The containers of one',
  params: ofProject,
  query: z.strictObject({ services }),
  answer: z.array(containerStatus),
} as const satisfies Contract;

export const planContract = {
  route: `POST ${application}/plan`,
  summary: 'What `up` would do, and why',
  params: ofProject,
  body: upRequest,
  answer: shownPlan,
} as const satisfies Contract;

export const upContract = operation('up', 'Make an application as specified', upRequest);
export const downContract = operation('down', 'Remove an application', downRequest);
export const stopContract = operation('stop', 'Stop services', servicesRequest);
export const startContract = operation('start', 'Start services', servicesRequest);
export const restartContract = operation('restart', 'Restart services', servicesRequest);

export const logsContract = {
  route: `GET ${application}/logs`,
  summary: 'What services print',
  params: ofProject,
  query: logsQuery,
  answer: containerLine,
  sends: 'lines',
} as const satisfies Contract;

/** Something that is done with an application: it ends with its client unless it was detached. */
export function operation<const Verb extends string, Body extends z.ZodType>(
  verb: Verb,
  summary: string,
  body: Body,
) {
  return {
    route: `POST ${application}/${verb}`,
    summary,
    params: ofProject,
    body,
    answer: operationEvent,
    sends: 'operation',
  } as const satisfies Contract;
}
