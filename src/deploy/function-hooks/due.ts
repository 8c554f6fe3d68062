import type { HookName } from '../../descriptor/function-hooks.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { runOf } from '../observed.ts';
import { programNames } from '../stopped.ts';
import type { HookedPod } from './inputs.ts';
import type { HookNotes } from './notes.ts';

// Which hooks of a function are to be called, by what is noted of it. Pure.

/** The container of a function's program, which runs. */
export type ChosenProgram = ObservedContainer & { readonly pid: number };

export function programOf(
  pod: HookedPod,
  containers: readonly ObservedContainer[],
): ChosenProgram | undefined {
  const [name] = programNames(pod);
  const found = containers.find((container) => container.name === name);
  return found?.state === 'running' && found.pid !== undefined ? { ...found, pid: found.pid } : undefined;
}

/** Why its program has to be configured, in words. `digest`: of what it would be told now; `program`: as it runs. */
export function whyConfigure(
  { forwards: { hooks } }: HookedPod,
  notes: HookNotes | undefined,
  program: ObservedContainer,
  digest: string,
): string | undefined {
  if (!hooks.configure) return undefined;
  const call = callsOf(notes, program).configure;
  if (!call) return 'its program has not been configured yet';
  if (call.failure !== undefined) return 'its hook configure failed';
  return call.digest === digest ? undefined : 'what its manager is told has changed';
}

/** Why it has to be healed before traffic passes it. */
export function whyHeal(
  { forwards: { hooks } }: HookedPod,
  notes: HookNotes | undefined,
  program: ObservedContainer,
): string | undefined {
  if (!hooks.heal || !notes) return undefined;
  const call = callsOf(notes, program).heal;
  if (call?.failure !== undefined) return 'its hook heal failed';
  const isAgain = notes.run !== runOf(program) || notes.isAgain;
  return isAgain && !call ? 'its program ended, and runs again' : undefined;
}

/**
 * Why a version has to take over from the one before it. `program`: absent, it does not run yet; `isBeside`: whether it is new, and
 * that one is there.
 */
export function whyUpgrade(
  { forwards: { hooks } }: HookedPod,
  notes: HookNotes | undefined,
  program: ObservedContainer | undefined,
  isBeside: boolean,
): string | undefined {
  if (!hooks.upgrade) return undefined;
  const call = program && callsOf(notes, program).upgrade;
  if (call?.failure !== undefined) return 'its hook upgrade failed';
  return call || !isBeside ? undefined : 'it takes the place of another version';
}

/** Whether its hook `start` is to be called yet: once for each run. */
export function isToStart(
  { forwards: { hooks } }: HookedPod,
  notes: HookNotes | undefined,
  program: ObservedContainer,
): boolean {
  const call = callsOf(notes, program).start;
  return hooks.start !== undefined && (!call || call.failure !== undefined);
}

/** Why a function that runs lets nothing pass yet, in words. */
export function whyNotReady(
  pod: HookedPod,
  notes: HookNotes | undefined,
  program: ObservedContainer,
): string | undefined {
  const calls = callsOf(notes, program);
  for (const hook of ['configure', 'heal', 'upgrade'] as const) {
    const failure = calls[hook]?.failure;
    if (failure !== undefined) return failedText(hook, failure);
  }
  if (pod.forwards.hooks.configure && !calls.configure) return 'it is not configured yet';
  return whyHeal(pod, notes, program) === undefined ? undefined : 'it is not healed yet';
}

/** The last that failed of a function that runs, in words. */
export function lastFailure(notes: HookNotes | undefined, program: ObservedContainer): string | undefined {
  const failed = Object.entries(callsOf(notes, program)).find(([, call]) => call.failure !== undefined);
  return failed && failedText(failed[0] as HookName, failed[1].failure ?? '');
}

export function failedText(hook: HookName, failure: string): string {
  return `its hook ${hook} failed: ${failure}`;
}

/** Calls of the run that there is now. */
function callsOf(notes: HookNotes | undefined, program: ObservedContainer): HookNotes['calls'] {
  return notes?.run === runOf(program) ? notes.calls : {};
}
