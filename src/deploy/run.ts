import { availableParallelism } from 'node:os';
import PQueue from 'p-queue';
import { HeddleError, SeveralErrors, toHeddleError } from '../lib/errors.ts';
import type { DeployContext } from './context.ts';
import { endedAtOnce } from './ended.ts';
import { execute } from './executors.ts';
import { interruptedError } from './interrupted.ts';
import type { Plan, Step } from './step.ts';
import { urgencyOf } from './urgency.ts';

export type StepEvent =
  | { readonly type: 'started'; readonly step: string }
  | { readonly type: 'progress'; readonly step: string; readonly line: string }
  | {
      readonly type: 'done';
      readonly step: string;
      readonly milliseconds: number;
      /** What came of it in place of what it is for, in words. */
      readonly note?: string;
    }
  | { readonly type: 'failed'; readonly step: string; readonly message: string }
  | { readonly type: 'skipped'; readonly step: string };

/** Steps at work at once: an engine that has more to do than the host has processors only shares them out. */
const concurrency = 2 * availableParallelism();

/**
 * Carries out a plan, everything in parallel that does not wait for something else. A step that fails, or is held, stops those
 * that wait for it, and no others.
 * @throws HeddleError the one error, or ERR_ENGINE_GONE, or SeveralErrors when several steps failed
 */
export async function runPlan(
  context: DeployContext,
  plan: Plan,
  report: (event: StepEvent) => void,
): Promise<void> {
  throwAll(plan.project, await carryOut(context, plan, report));
}

/**
 * The same for what brings services up: they have to be there still when all is done.
 * @throws HeddleError ERR_SERVICE_ENDED, too
 */
export async function runUp(
  context: DeployContext,
  plan: Plan,
  report: (event: StepEvent) => void,
): Promise<void> {
  const failures = await carryOut(context, plan, report);
  const ended = await endedAtOnce(context, plan);
  const isNews = ({ code, message }: HeddleError) =>
    code !== 'ERR_SERVICE_NOT_RUNNING' && !ended.some((error) => error.message === message);
  throwAll(plan.project, ended.length === 0 ? failures : [...ended, ...failures.filter(isNews)]);
}

/**
 * Returns what failed.
 * @throws HeddleError ERR_ENGINE_GONE, ERR_INTERRUPTED
 */
async function carryOut(
  context: DeployContext,
  plan: Plan,
  report: (event: StepEvent) => void,
): Promise<HeddleError[]> {
  const queue = new PQueue({ concurrency });
  const failures: HeddleError[] = [];
  const outcomes = new Map<string, Promise<boolean>>();
  for (const step of plan.steps) {
    const before = step.after.map(
      async (id) => (await outcomes.get(id)) !== false || step.despite?.includes(id) === true,
    );
    outcomes.set(
      step.id,
      Promise.all(before).then((done) => {
        if (!done.every(Boolean) || context.signal?.aborted) {
          report({ type: 'skipped', step: step.id });
          return false;
        }
        // A step that only waits takes no place from one that works.
        const work = () => perform(context, step, report, failures);
        return isWaiting(step) ? work() : queue.add(work, { priority: urgencyOf(step) });
      }),
    );
  }
  await Promise.all(outcomes.values());
  await throwIfGone(context, failures);
  if (context.signal?.aborted) throw interruptedError(plan.project, context.signal);
  return failures;
}

/** When the engine went away, whatever failed then failed of that. */
async function throwIfGone({ engine }: DeployContext, failures: readonly HeddleError[]): Promise<void> {
  const [first] = failures;
  if (!first || (await engine.isThere())) return;
  throw new HeddleError('ERR_ENGINE_GONE', `the container engine went away: ${first.message}`, {
    cause: first,
  });
}

function throwAll(project: string, failures: readonly HeddleError[]): void {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    throw new SeveralErrors('ERR_STEP_FAILED', `${failures.length} steps of ${project} failed`, failures);
  }
}

/** What takes long and leaves nothing half done behind. */
function mayBeLeft({ kind }: Step): boolean {
  return isWaiting({ kind }) || kind === 'obtainImage';
}

function isWaiting({ kind }: Pick<Step, 'kind'>): boolean {
  return kind === 'awaitService' || kind === 'awaitFarService';
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = () => reject(interruptedError('it', signal));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  work.catch(() => {});
  return Promise.race([work, left]).finally(() => signal.removeEventListener('abort', leave));
}

async function perform(
  context: DeployContext,
  step: Step,
  report: (event: StepEvent) => void,
  failures: HeddleError[],
): Promise<boolean> {
  // It may have been in the queue when the operation ended.
  if (context.signal?.aborted) {
    report({ type: 'skipped', step: step.id });
    return false;
  }
  const began = performance.now();
  report({ type: 'started', step: step.id });
  try {
    let note: string | undefined;
    const work = execute(
      context,
      step,
      (line) => report({ type: 'progress', step: step.id, line }),
      (text) => {
        note = text;
      },
    );
    const done = await (mayBeLeft(step) ? untilAborted(work, context.signal) : work);
    const milliseconds = Math.round(performance.now() - began);
    report({ type: 'done', step: step.id, milliseconds, ...(note !== undefined && { note }) });
    return done !== 'held';
  } catch (cause) {
    const error = toHeddleError(cause);
    failures.push(error);
    report({ type: 'failed', step: step.id, message: error.message });
    return false;
  }
}
