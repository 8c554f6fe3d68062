import type { Observed } from '../observed.ts';
import type { Plan, Step, StepKind, StepOf } from '../step.ts';
import { hookStep } from './hook-steps.ts';

/** What leads traffic elsewhere. */
const leads: ReadonlySet<StepKind> = new Set(['insertWire', 'removeWire']);

/**
 * The same plan in which functions are told before they are taken out, and taken out whatever comes of that: before their containers
 * are stopped, and before the traffic is led elsewhere for that. One whose place others take is told once they have, and its flows
 * have ended: until then it may have to go on. Pure.
 */
export function withStopHooks(plan: Plan, { containers, stops = {} }: Observed): Plan {
  const runs = new Set(containers.flatMap(({ name, state }) => (state === 'running' ? [name] : [])));
  const ends = plan.steps.filter(
    ({ kind, subject }) =>
      (kind === 'stopContainer' || kind === 'removeContainer') &&
      runs.has(subject) &&
      Object.hasOwn(stops, subject),
  );
  if (ends.length === 0) return plan;
  const calls = new Map<string, StepOf<'callHook'>>();
  const told = new Map<string, string[]>();
  for (const end of ends) {
    const fn = stops[end.subject] ?? '';
    const id = hookStep(fn, 'stop');
    const { reason } = end;
    const earlier = before(plan.steps, end);
    const drains = earlier.filter(({ kind, subject }) => kind === 'drainFunction' && subject === fn);
    const leading = drains.length > 0 ? [] : earlier.filter(({ kind }) => leads.has(kind));
    if (!calls.has(id))
      calls.set(id, {
        id,
        kind: 'callHook',
        subject: `${fn} stop`,
        args: { function: fn, occasion: { hook: 'stop', reason } },
        reason,
        after: drains.map((drain) => drain.id),
      });
    for (const step of [end, ...leading]) told.set(step.id, [...new Set([...(told.get(step.id) ?? []), id])]);
  }
  const steps = plan.steps.map((step): Step => {
    const ids = told.get(step.id);
    if (!ids) return step;
    return { ...step, after: [...step.after, ...ids], despite: [...(step.despite ?? []), ...ids] };
  });
  return { ...plan, steps: inOrder(steps, [...calls.values()]) };
}

/** Each call comes after the step that it waits for: where it waits for none, before all. */
function inOrder(steps: readonly Step[], calls: readonly StepOf<'callHook'>[]): Step[] {
  return [
    ...calls.filter(({ after }) => after.length === 0),
    ...steps.flatMap((step) => [step, ...calls.filter(({ after }) => after.includes(step.id))]),
  ];
}

/** The steps that one waits for, whatever is between them. */
function before(steps: readonly Step[], end: Step): Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const seen = new Set<string>();
  const waiting = [...end.after];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(byId.get(id)?.after ?? []));
  }
  return steps.filter(({ id }) => seen.has(id));
}
