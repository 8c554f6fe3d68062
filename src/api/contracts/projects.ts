import type { Application } from '../../descriptor/application.ts';
import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import type { OneOff } from '../../selector/one-off.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { type Contract, serviceNames } from '../contract.ts';
import { makingFlags } from './applications.ts';
import { diagnostic, operationEvent, shownPlan } from './operation.ts';
import { content, fileQuestion, name, names, path, projectSource } from './project-source.ts';

export type { ProjectSource } from './project-source.ts';

const warnings = z.array(diagnostic);

const filesWanted = record(
  'FilesWanted',
  'The answer to a request whose project names files that were not sent: nothing was done, and the same is to come again with these.',
  { wanted: z.array(fileQuestion) },
);
export type FilesWanted = Of<typeof filesWanted>;

const makeRequest = z.strictObject({
  project: projectSource,
  ...makingFlags,
  pull: optional(z.enum(['always', 'missing', 'never', 'policy', 'build'])).describe(
    'Instead of what the file says.',
  ),
  scale: optional(z.record(name, integer.min(0))).describe('Replicas by service.'),
  keepScale: optional(z.boolean()).describe(
    'The other services keep as many replicas as they have, instead of what the file says.',
  ),
});
export type MakeRequest = Of<typeof makeRequest>;

const services = optional(serviceNames).describe(
  'What it is about: a service that is named need not have its profile enabled.',
);
const readRequest = z.strictObject({ project: projectSource, services });
export type ReadRequest = Of<typeof readRequest>;

const texts = z.array(content).max(10_000);
const pairs = z.record(content, content);
const oneOff = z.strictObject({
  service: name,
  name: optional(name),
  command: texts,
  entrypoint: optional(texts),
  environment: pairs,
  labels: pairs,
  user: optional(name),
  workingDir: optional(path),
  mounts: z.array(z.looseObject({ type: name, target: path })).max(1000),
  ports: z.array(z.looseObject({ target: integer, protocol: name })).max(1000),
  servicePorts: z.boolean(),
  useAliases: z.boolean(),
  capAdd: names,
  capDrop: names,
  tty: z.boolean(),
  interactive: z.boolean(),
}) as unknown as z.ZodType<Omit<OneOff, 'name'> & { readonly name?: string }>;

const selectRequest = z.strictObject({
  project: projectSource,
  services,
  oneOff: optional(oneOff).describe(
    'A container beside the replicas of a service. Without a name it is given one.',
  ),
});
export type SelectRequest = Of<typeof selectRequest>;

const application = z.custom<Application>().meta({ type: 'object', description: 'What the files describe.' });
const readProject = record('ReadProject', '', { application, warnings });
export type ReadProject = Of<typeof readProject>;

const selectedProject = record('SelectedProject', '', {
  application,
  warnings,
  spec: z.custom<DeploymentSpec>().meta({ type: 'object', description: 'As `heddle spec` prints it.' }),
});
export type SelectedProject = Of<typeof selectedProject>;

const plannedProject = record('PlannedProject', '', { warnings, plan: shownPlan });
export type PlannedProject = Of<typeof plannedProject>;

const projectEvent = z.union([
  z.object({ type: z.literal('wanted'), wanted: z.array(fileQuestion) }),
  z.object({ type: z.literal('project'), name: text, warnings }),
  operationEvent,
]);
export type ProjectEvent = Of<typeof projectEvent>;

const base = '/v1/projects';

export const readContract = {
  route: `POST ${base}/read`,
  summary: 'What a project in files describes',
  body: readRequest,
  answer: z.union([filesWanted, readProject]),
} as const satisfies Contract;

export const selectContract = {
  route: `POST ${base}/select`,
  summary: 'The specification of a project in files',
  body: selectRequest,
  answer: z.union([filesWanted, selectedProject]),
} as const satisfies Contract;

export const planProjectContract = {
  route: `POST ${base}/plan`,
  summary: 'What `up` of a project in files would do, and why',
  body: makeRequest,
  answer: z.union([filesWanted, plannedProject]),
} as const satisfies Contract;

export const upProjectContract = {
  route: `POST ${base}/up`,
  summary:
    'Make an application as a project in files says: first what it was read as, or the files that are lacking',
  body: makeRequest,
  answer: projectEvent,
  sends: 'operation',
} as const satisfies Contract;
