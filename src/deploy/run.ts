import PQueue from 'p-queue';
import { type HeddleError, SeveralErrors, toHeddleError } from '../lib/errors.ts';
import type { DeployContext } from './context.ts';
import { execute } from './executors.ts';
import type { Plan, Step } from './step.ts';

export type StepEvent =
  | { readonly type: 'started'; readonly step: string }
  | { readonly type: 'progress'; readonly step: string; readonly line: string }
  | { readonly type: 'done'; readonly step: string; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly step: string; readonly message: string }
  | { readonly type: 'skipped'; readonly step: string };

/** Steps at work at once: an engine is busy with a handful of containers, and more only wait in it. */
const concurrency = 8;

/**
 * Carries out a plan, everything in parallel that does not wait for something else. A step that fails stops those that
 * wait for it, and no others.
 * @throws HeddleError the one error, or SeveralErrors when several steps failed
 */
export async function runPlan(
  context: DeployContext,
  plan: Plan,
  report: (event: StepEvent) => void,
): Promise<void> {
  const queue = new PQueue({ concurrency });
  const failures: HeddleError[] = [];
  const outcomes = new Map<string, Promise<boolean>>();
  for (const step of plan.steps) {
    const before = step.after.map((id) => outcomes.get(id) ?? Promise.resolve(true));
    outcomes.set(
      step.id,
      Promise.all(before).then((done) => {
        if (!done.every(Boolean)) {
          report({ type: 'skipped', step: step.id });
          return false;
        }
        // A step that only waits takes no place from one that works.
        const work = () => perform(context, step, report, failures);
        return step.kind === 'awaitService' ? work() : queue.add(work);
      }),
    );
  }
  await Promise.all(outcomes.values());
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    throw new SeveralErrors(
      'ERR_STEP_FAILED',
      `${failures.length} steps of ${plan.project} failed`,
      failures,
    );
  }
}

async function perform(
  context: DeployContext,
  step: Step,
  report: (event: StepEvent) => void,
  failures: HeddleError[],
): Promise<boolean> {
  const began = performance.now();
  report({ type: 'started', step: step.id });
  try {
    await execute(context, step, (line) => report({ type: 'progress', step: step.id, line }));
    report({ type: 'done', step: step.id, milliseconds: Math.round(performance.now() - began) });
    return true;
  } catch (cause) {
    const error = toHeddleError(cause);
    failures.push(error);
    report({ type: 'failed', step: step.id, message: error.message });
    return false;
  }
}
