import type { StepKind } from '../../deploy/step.ts';
import { type ErrorCode, errorCodes } from '../../lib/error-codes.ts';
import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const location = record('Location', 'A place in a file. Lines and columns count from 1.', {
  file: text,
  line: integer,
  column: integer,
});

const code = z.enum(Object.keys(errorCodes) as ErrorCode[]);

/** What is found out about files: an error, or what stops nothing. */
export const diagnostic = record('Diagnostic', 'One finding about files.', {
  severity: z.enum(['error', 'warning']),
  code,
  message: text.max(100_000),
  at: location.optional(),
  hint: text.max(100_000).optional(),
});

/** An error on its way over the API. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly at?: Of<typeof location>;
  /** All that is wrong with files, each with its place. */
  readonly diagnostics?: readonly Of<typeof diagnostic>[];
  /** Several errors, each of this form. */
  readonly errors?: readonly ErrorMessage[];
}

export const errorMessage: z.ZodType<ErrorMessage> = record('Error', '', {
  code,
  message: text,
  hint: text,
  at: optional(location),
  diagnostics: optional(z.array(diagnostic)).describe('All that is wrong with files.'),
  errors: optional(z.array(z.custom<ErrorMessage>())).meta({
    type: 'array',
    items: { type: 'object' },
    description: 'several errors, each of this form',
  }),
});

/** What a step does is its executor's: the reference names no kinds. */
const stepKind = z.custom<StepKind>((kind) => typeof kind === 'string').meta({ type: 'string' });

const shownStep = record('ShownStep', 'Stable: `heddle plan --format json` prints these.', {
  id: text,
  kind: stepKind,
  subject: text,
  reason: text,
  after: z.array(text).describe('Ids of the steps that have to be done before.'),
  node: optional(text).describe('Who does it, where an application is over several nodes.'),
});

const shownScaling = record(
  'ShownScaling',
  'How many replicas a service is to have first, and from then on.',
  {
    service: text,
    replicas: integer,
    min: integer,
    max: integer,
    on: z.array(text).describe('`cpu 60%`, `packets 10000/s`.'),
  },
);

export const shownPlan = record(
  'ShownPlan',
  'A plan as it is shown: without what its steps are carried out with, which holds values that are nobody’s to see.',
  {
    project: text,
    steps: z.array(shownStep),
    warnings: z
      .array(text)
      .describe('What is left alone although it differs from the file, and what to do about it.'),
    scaling: optional(z.array(shownScaling)).describe('Services whose replicas follow metrics.'),
  },
);

const step = text.describe('The step’s id.');

/** What an operation reports, a JSON line each; the last is `finished` or `error`. */
export const operationEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('plan'), plan: shownPlan }),
    z.object({ type: z.literal('started'), step }),
    z.object({ type: z.literal('progress'), step, line: text }),
    z.object({
      type: z.literal('done'),
      step,
      milliseconds: z.number(),
      note: optional(text).describe('What came of it in place of what it is for, in words.'),
    }),
    z.object({ type: z.literal('failed'), step, message: text }),
    z.object({ type: z.literal('skipped'), step }),
    z.object({ type: z.literal('finished') }),
    z.object({ type: z.literal('error'), error: errorMessage }),
  ])
  .meta({ id: 'OperationEvent', description: 'The last is `finished` or `error`.' });
export type OperationEvent = Of<typeof operationEvent>;
