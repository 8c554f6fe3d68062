import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type HookName, hookNames } from '../../descriptor/function-hooks.ts';
import { isHeddleError } from '../../lib/errors.ts';
import * as z from '../../lib/zod.ts';
import type { RecordKind } from '../../state/record.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Result } from './outcome.ts';
import type { Outputs } from './outputs.ts';

/** What is noted of the hooks of functions, by pod. */
export type AllNotes = Readonly<Record<string, HookNotes>>;

/** What is known of the hooks of a function: it stands on disk, so that a node which starts anew tells nothing twice. */
export interface HookNotes {
  /** The run of its program that was called: `runOf`. */
  readonly run: string;
  /** Whether its program has run before, and ended by itself. */
  readonly isAgain: boolean;
  /** The last call of each. */
  readonly calls: { readonly [Name in HookName]?: HookCall };
  /** What its hooks have put out: of the same name what came last. */
  readonly outputs: Outputs;
  /** A call that was begun, and of whose end nothing is known: its node died. */
  readonly begun?: BegunCall;
}

export interface HookCall {
  /** Keyed hash of what it was called with. */
  readonly digest: string;
  /** ISO 8601. */
  readonly at: string;
  /** Milliseconds. */
  readonly took: number;
  /** Why it failed, in words; absent: it did what it was to do. */
  readonly failure?: string;
}

export interface BegunCall {
  readonly hook: HookName;
  /** In the environment of all processes that it began. */
  readonly id: string;
}

const call = z.strictObject({
  digest: z.string(),
  at: z.string(),
  took: z.number(),
  failure: z.exactOptional(z.string()),
});

const hookNotes: RecordKind<HookNotes> = {
  schema: z.strictObject({
    run: z.string(),
    isAgain: z.boolean(),
    calls: z.partialRecord(z.enum(hookNames), call),
    outputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    begun: z.exactOptional(z.strictObject({ hook: z.enum(hookNames), id: z.string().regex(/^[0-9a-f]+$/) })),
  }),
  migrations: [(value) => value],
};

/** Of a file that is not understood, nothing: the function is told anew. @throws HeddleError ERR_STATE_NEWER */
export async function readNotes(folder: StateFolder, pod: string): Promise<HookNotes | undefined> {
  try {
    return await folder.readRecord(hookNotes, fileOf(pod));
  } catch (error) {
    if (isHeddleError(error, 'ERR_STATE')) return undefined;
    throw error;
  }
}

export function writeNotes(folder: StateFolder, pod: string, notes: HookNotes): Promise<void> {
  return folder.writeRecord(hookNotes, fileOf(pod), notes);
}

/** Nothing is known of it any more: what comes next is new. */
export async function forgetNotes(folder: StateFolder, pod: string): Promise<void> {
  await rm(path.join(folder.path, fileOf(pod)), { force: true });
}

/** Notes of the run that is called now; of one before only what it put out stays. Pure. */
export function notesOfRun(notes: HookNotes | undefined, run: string): HookNotes {
  if (notes?.run === run) return notes;
  return { run, isAgain: notes !== undefined, calls: {}, outputs: notes?.outputs ?? {} };
}

/** The same with what came of a call. Pure. */
export function withCall(
  { begun: _begun, ...notes }: HookNotes,
  hook: HookName,
  call: HookCall,
  result: Result,
): HookNotes {
  const failed = 'failure' in result;
  return {
    ...notes,
    calls: { ...notes.calls, [hook]: failed ? { ...call, failure: result.failure } : call },
    outputs: failed ? notes.outputs : { ...notes.outputs, ...result.outputs },
  };
}

function fileOf(pod: string): string {
  return `hooks/${pod}.json`;
}
