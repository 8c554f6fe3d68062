import { integer, type Of, optional, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { type Contract, ofProject, serviceNames } from '../contract.ts';
import { operation } from './applications.ts';

/** `SIGINT`, `HUP`, `9`, `RTMIN+1`. */
export const signalName = z
  .string()
  .regex(/^(SIG)?[A-Z0-9]{1,8}([+-][0-9]{1,2})?$/i, 'expected a signal, such as SIGHUP');

const services = optional(serviceNames).describe('Absent or empty: all.');
const ofServices = z.strictObject({ services });
const seconds = optional(z.number().min(0)).describe('Seconds since 1970.');

const killRequest = z.strictObject({
  services,
  signal: optional(signalName).describe('`SIGKILL`, `HUP`, `9`.'),
});
export type KillRequest = Of<typeof killRequest>;

const rmRequest = z.strictObject({
  services,
  volumes: optional(z.boolean()).describe('Anonymous volumes, too.'),
});
export type RmRequest = Of<typeof rmRequest>;

const containerProcesses = record(
  'ContainerProcesses',
  'What runs in a container, as `heddle top` shows it.',
  {
    titles: z.array(text),
    processes: z.array(z.array(text)),
    container: text,
    service: text,
    index: integer.nullable(),
  },
);
export type ContainerProcesses = Of<typeof containerProcesses>;

const endedContainer = record('EndedContainer', '', { container: text, service: text, exitCode: integer });
export type EndedContainer = Of<typeof endedContainer>;

const eventsQuery = z.strictObject({ services: serviceNames.default([]), since: seconds, until: seconds });
export type EventsQuery = Of<typeof eventsQuery>;

const containerEvent = record(
  'ContainerEvent',
  'Something that happened to a container, as `heddle events` shows it. Stable.',
  {
    time: time.describe('RFC 3339.'),
    type: z.enum(['container']),
    action: text.describe('In Docker’s words: `start`, `die`, `exec_create`.'),
    service: text,
    id: text,
    attributes: z.object({ name: text, image: text }),
  },
);
export type ContainerEvent = Of<typeof containerEvent>;

const statsQuery = z.strictObject({
  services: serviceNames.default([]),
  follow: z.boolean().default(false).describe('Once a second.'),
});
export type StatsQuery = Of<typeof statsQuery>;

const bytes = integer.describe('Bytes.');
const containerStats = record(
  'ContainerStats',
  'What a container uses, as `heddle stats` shows it. Stable.',
  {
    name: text,
    id: text,
    service: text,
    cpu: z.number().describe('Cores in use: 0.5 is half of one.'),
    memory: bytes,
    memoryLimit: bytes,
    received: bytes,
    sent: bytes,
    read: bytes,
    written: bytes,
    processes: integer,
  },
);
export type ContainerStats = Of<typeof containerStats>;

const application = '/v1/applications/:project';

export const killContract = operation('kill', 'Send a signal to containers of services', killRequest);
export const rmContract = operation('rm', 'Remove containers of services that do not run', rmRequest);
export const pauseContract = operation('pause', 'Pause services', ofServices);
export const unpauseContract = operation('unpause', 'Let paused services go on', ofServices);

export const topContract = {
  route: `GET ${application}/top`,
  summary: 'What runs in containers',
  params: ofProject,
  query: ofServices,
  answer: z.array(containerProcesses),
} as const satisfies Contract;

export const waitContract = {
  route: `GET ${application}/wait`,
  summary: 'Containers as they end',
  params: ofProject,
  query: ofServices,
  answer: endedContainer,
  sends: 'lines',
} as const satisfies Contract;

export const eventsContract = {
  route: `GET ${application}/events`,
  summary: 'What happens to containers of services',
  params: ofProject,
  query: eventsQuery,
  answer: containerEvent,
  sends: 'lines',
} as const satisfies Contract;

export const statsContract = {
  route: `GET ${application}/stats`,
  summary: 'What containers use, once or each second',
  params: ofProject,
  query: statsQuery,
  answer: z.array(containerStats),
  sends: 'lines',
} as const satisfies Contract;
