import * as z from '../lib/zod.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { ErrorMessage, OperationEvent } from './messages.ts';

const size = z.number().int().min(1).max(65_535);
const terminal = z.strictObject({ rows: size, columns: size });

/** What is to be run, and where. */
const runSchema = z.strictObject({
  type: z.literal('run'),
  service: z.string().min(1),
  /** Of the replica; absent, the first that runs. */
  index: z.number().int().min(1).optional(),
  command: z.array(z.string()).min(1),
  user: z.string().optional(),
  workingDir: z.string().optional(),
  /** `NAME=value`. */
  environment: z.array(z.string()).default([]),
  tty: z.boolean().default(false),
  privileged: z.boolean().default(false),
  size: terminal.optional(),
  /** Answer as soon as it was started. */
  detach: z.boolean().default(false),
});

/** Which service's first process is to be joined. */
const attachSchema = z.strictObject({
  type: z.literal('attach'),
  service: z.string().min(1),
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
  /** Checked by itself. */
  spec: z.custom<DeploymentSpec>((value) => typeof value === 'object' && value !== null),
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

/** `SIGINT`, `HUP`, `9`, `RTMIN+1`. */
export const signalName = z
  .string()
  .regex(/^(SIG)?[A-Z0-9]{1,8}([+-][0-9]{1,2})?$/i, 'expected a signal, such as SIGHUP');

/** A line that a client sends: `run` first; the end of the lines is the end of standard input. */
export const execInputSchema = z.discriminatedUnion('type', [
  runSchema,
  /** Base64. */
  z.strictObject({ type: z.literal('input'), data: z.base64() }),
  z.strictObject({ type: z.literal('resize'), ...terminal.shape }),
  attachSchema,
  onceSchema,
  z.strictObject({ type: z.literal('signal'), name: signalName }),
]);

export type ExecInput = z.input<typeof execInputSchema>;
export type ExecRun = z.output<typeof runSchema>;
export type AttachRequest = z.output<typeof attachSchema>;
export type OnceRequest = z.output<typeof onceSchema>;

/** A line that the node answers with; `ended` comes last. */
export type ExecOutput =
  /** Base64. */
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly data: string }
  | { readonly type: 'ended'; readonly exitCode: number }
  /** The streams of a container are joined from now on. */
  /** What is done before it starts. */
  | { readonly type: 'event'; readonly event: OperationEvent }
  | { readonly type: 'attached'; readonly container: string; readonly tty: boolean }
  | { readonly type?: undefined; readonly error: ErrorMessage };
