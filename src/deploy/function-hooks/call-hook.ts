import { randomBytes } from 'node:crypto';
import type { FunctionHook, HookName } from '../../descriptor/function-hooks.ts';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import type { DeployContext } from '../context.ts';
import { withFar } from '../far.ts';
import { interruptedError } from '../interrupted.ts';
import { runOf } from '../observed.ts';
import { withoutFunction } from '../without-function.ts';
import { type ChosenProgram, failedText, programOf, whyConfigure } from './due.ts';
import { type HookedPod, type HookOccasion, hookInputs, isHooked } from './inputs.ts';
import { endProcesses } from './leftovers.ts';
import { callManager } from './manager.ts';
import { type BegunCall, type HookNotes, notesOfRun, withCall, writeNotes } from './notes.ts';
import { type Result, resultOf } from './outcome.ts';
import { keepOutputs } from './outputs-file.ts';
import { notesOf } from './readiness.ts';

/**
 * Calls a hook of a function, if it has it, and keeps what came of it. `configure` is not called again with what it was told last. A
 * node that is killed in between calls it once more. Where `configure` or `heal` fails nothing passes the function any more, or its
 * chains do without it, as the file says.
 * @param note told when it was not called
 * @throws HeddleError ERR_FUNCTION_HOOK, ERR_INTERRUPTED, ERR_SERVICE_NOT_RUNNING
 */
export async function callHook(
  context: DeployContext,
  fn: string,
  occasion: HookOccasion,
  note: (text: string) => void = () => {},
): Promise<void> {
  const { engine, folder, hash, project, spec } = context;
  const { hook, reason } = occasion;
  const pod = hookedPod(context, fn);
  const how = pod?.forwards.hooks[hook];
  if (!pod || !how) return;
  const containers = await engine.workloads.containers(project);
  const program = programOf(pod, containers);
  if (!program)
    throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${fn} does not run: its hook ${hook} cannot be called`);
  const all = await notesOf({ pods: [...spec.pods, pod] }, folder);
  const noted = notesOfRun(all[fn], runOf(program));
  const outputs = Object.fromEntries(Object.entries(all).map(([one, notes]) => [one, notes.outputs]));
  const inputs = hookInputs(spec, await withFar(context, containers), pod, outputs);
  const digest = hash({ inputs, how });
  if (hook === 'configure' && whyConfigure(pod, noted, program, digest) === undefined) {
    note('Not called: it was told the same before');
    return;
  }
  const id = randomBytes(8).toString('hex');
  const began = { at: new Date().toISOString(), clock: performance.now() };
  const input = JSON.stringify({ ...occasion, ...inputs, outputs: noted.outputs });
  const { result: called, left } = await attempt(context, fn, noted, how, { hook, id, program, input });
  const took = Math.round(performance.now() - began.clock);
  const noteOf = (of: Result) => ({
    ...withCall(noted, hook, { digest, at: began.at, took }, of),
    ...(left && { begun: left }),
  });
  const result = await kept(context, pod, called, noteOf);
  if ('failure' in result) await writeNotes(folder, fn, noteOf(result));
  const failure = 'failure' in result ? { failure: result.failure } : {};
  context.hooked?.({ function: fn, hook, reason, took, ...failure });
  if (!('failure' in result)) return;
  if (hook === 'configure' || hook === 'heal') await withoutFunction(context, fn);
  throw new HeddleError('ERR_FUNCTION_HOOK', `${fn}: ${failedText(hook, result.failure)}`);
}

/** What was put out is there for others, and noted, or the call has failed. */
async function kept(
  context: DeployContext,
  pod: HookedPod,
  result: Result,
  noteOf: (result: Result) => HookNotes,
): Promise<Result> {
  if ('failure' in result) return result;
  try {
    await keepOutputs(context, pod, noteOf(result));
    return result;
  } catch (error) {
    return { failure: `what it put out cannot be kept: ${(error as Error).message}` };
  }
}

/** One that is not wanted any more is known by what it was made from. */
function hookedPod({ spec, known = [] }: DeployContext, fn: string): HookedPod | undefined {
  return [spec, ...known].flatMap(({ pods }) => pods.filter(isHooked)).find(({ name }) => name === fn);
}

interface Calling {
  readonly hook: HookName;
  readonly id: string;
  readonly program: ChosenProgram;
  readonly input: string;
}

/**
 * A call, and what came of it: also when it could not be made, or not be ended.
 * @returns `left`: the call of which processes may be left then
 * @throws HeddleError ERR_INTERRUPTED when the operation ends before it
 */
async function attempt(
  context: DeployContext,
  fn: string,
  noted: HookNotes,
  how: FunctionHook,
  calling: Calling,
): Promise<{ readonly result: Result; readonly left?: BegunCall }> {
  const { hook, id, program } = calling;
  let left = noted.begun;
  try {
    // Of a node that died, or of one that could not be ended: two of one function never run at once.
    if (left) await endProcesses(program, left.id);
    left = { hook, id };
    await writeNotes(context.folder, fn, { ...noted, begun: left });
    return { result: await resultWithin(context, how, calling) };
  } catch (error) {
    if (isHeddleError(error, 'ERR_INTERRUPTED')) throw error;
    if (context.signal?.aborted) throw interruptedError(`the hook ${hook}`, context.signal);
    return { result: { failure: (error as Error).message }, ...(left && { left }) };
  }
}

/** @throws HeddleError ERR_INTERRUPTED when the operation ends before it */
async function resultWithin(
  { engine, signal }: DeployContext,
  how: FunctionHook,
  { program, ...call }: Calling,
): Promise<Result> {
  const deadline = AbortSignal.timeout(how.timeout);
  const over = signal ? AbortSignal.any([deadline, signal]) : deadline;
  const answer = await callManager(engine, how, { ...call, container: program, signal: over });
  if (signal?.aborted && answer.kind === 'failed') throw interruptedError(`the hook ${call.hook}`, signal);
  if (answer.kind !== 'failed' || !deadline.aborted) return resultOf(answer);
  return resultOf({ ...answer, why: `${answer.why} (${how.timeout / 1000} s)` });
}
