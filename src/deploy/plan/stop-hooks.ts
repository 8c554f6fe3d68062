import type { Observed } from '../observed.ts';
import type { Plan, Step, StepOf } from '../step.ts';

/**
 * The same plan in which functions are told before they are taken out, and taken out whatever comes of that: before their containers
 * are stopped, and before the traffic is led elsewhere for that. Pure.
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
  const before = new Map<string, string[]>();
  for (const end of ends) {
    const fn = stops[end.subject] ?? '';
    const id = `callHook ${fn} stop`;
    const { reason } = end;
    calls.set(id, {
      id,
      kind: 'callHook',
      subject: `${fn} stop`,
      args: { function: fn, occasion: { hook: 'stop', reason } },
      reason,
      after: [],
    });
    for (const step of [end, ...leadingTo(plan.steps, end)])
      before.set(step.id, [...new Set([...(before.get(step.id) ?? []), id])]);
  }
  const steps = plan.steps.map((step): Step => {
    const told = before.get(step.id);
    if (!told) return step;
    return { ...step, after: [...step.after, ...told], despite: [...(step.despite ?? []), ...told] };
  });
  return { ...plan, steps: [...calls.values(), ...steps] };
}

/** The steps that lead traffic elsewhere before another. */
function leadingTo(steps: readonly Step[], end: Step): Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const seen = new Set<string>();
  const waiting = [...end.after];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(byId.get(id)?.after ?? []));
  }
  return steps.filter(({ id, kind }) => seen.has(id) && (kind === 'insertWire' || kind === 'removeWire'));
}
