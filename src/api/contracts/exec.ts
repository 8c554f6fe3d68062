import { integer, type Of, type Taken, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { specification } from '../checks.ts';
import { type Contract, ofProject } from '../contract.ts';
import { signalName } from './handling.ts';
import { operationEvent } from './operation.ts';

const name = z.string().min(1).max(255);
/** What the kernel takes for one argument or variable (MAX_ARG_STRLEN). */
const word = z.string().max(131_072);
const size = z.number().int().min(1).max(65_535);
const terminal = z.strictObject({ rows: size, columns: size });

/** What is to be run, and where. */
const runSchema = z.strictObject({
  type: z.literal('run'),
  service: name,
  /** Of the replica; absent, the first that runs. */
  index: z.number().int().min(1).optional(),
  command: z.array(word).min(1).max(100_000),
  user: z.string().max(255).optional(),
  workingDir: z.string().max(4096).optional(),
  /** `NAME=value`. */
  environment: z.array(word).max(10_000).default([]),
  tty: z.boolean().default(false),
  privileged: z.boolean().default(false),
  size: terminal.optional(),
  /** Answer as soon as it was started. */
  detach: z.boolean().default(false),
});

/** Which service's first process is to be joined. */
const attachSchema = z.strictObject({
  type: z.literal('attach'),
  service: name,
  index: z.number().int().min(1).optional(),
  /** Whether what is typed reaches it. */
  input: z.boolean().default(true),
  /** Keys that let go of it: `ctrl-p,ctrl-q`. */
  detachKeys: z
    .string()
    .regex(/^(ctrl-[a-z@^[\\_\]]|[a-zA-Z])(,(ctrl-[a-z@^[\\_\]]|[a-zA-Z]))*$/)
    .max(100)
    .optional(),
});

/** A container that is to be made beside the replicas of a service: the pod of the specification whose role is `oneoff`. */
const onceSchema = z.strictObject({
  type: z.literal('once'),
  spec: specification,
  /** Start what it depends on. */
  dependencies: z.boolean().default(true),
  /** Remove it when it has ended. */
  remove: z.boolean().default(false),
  /** Answer as soon as it was started. */
  detach: z.boolean().default(false),
  input: z.boolean().default(true),
  /** Of the client's terminal, which the container has one of its own for. */
  size: terminal.optional(),
  /** Make its image anew. */
  build: z.boolean().default(false),
  pull: z.enum(['always', 'missing', 'never']).optional(),
});

/** A line that a client sends: `run` first; the end of the lines is the end of standard input. */
const execInput = z.discriminatedUnion('type', [
  runSchema,
  /** Base64. */
  z.strictObject({ type: z.literal('input'), data: z.base64() }),
  z.strictObject({ type: z.literal('resize'), ...terminal.shape }),
  attachSchema,
  onceSchema,
  z.strictObject({ type: z.literal('signal'), name: signalName }),
]);

export type ExecInput = Taken<typeof execInput>;
export type ExecRun = Of<typeof runSchema>;
export type AttachRequest = Of<typeof attachSchema>;
export type OnceRequest = Of<typeof onceSchema>;

/** A line that the node answers with; `ended` comes last. */
const execOutput = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('output'),
    stream: z.enum(['stdout', 'stderr']),
    data: text.describe('base64'),
  }),
  z.object({ type: z.literal('ended'), exitCode: integer }),
  z.object({ type: z.literal('event'), event: operationEvent }).describe('What is done before it starts.'),
  z
    .object({ type: z.literal('attached'), container: text, tty: z.boolean() })
    .describe('The streams of a container are joined from now on.'),
]);
export type ExecOutput = Of<typeof execOutput>;

export const execContract = session('exec', 'Run a program in a container of a service');
export const attachContract = session('attach', 'Join the first process of a container');
export const runContract = session('run', 'Run a container beside the replicas of a service, to its end');

/** JSON lines both ways at once, so that no connection has to change its protocol. */
function session<const Verb extends string>(verb: Verb, summary: string) {
  return {
    route: `POST /v1/applications/:project/${verb}`,
    summary,
    params: ofProject,
    body: execInput,
    takes: 'lines',
    answer: execOutput,
    sends: 'lines',
  } as const satisfies Contract;
}
