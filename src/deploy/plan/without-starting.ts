import type { Plan, Step } from '../step.ts';

/**
 * The same plan with containers created and none started, nor what only has a meaning while they run: links, wires, rules
 * and agents come with `start`. Instances of functions stay whose place nobody takes before that.
 */
export function withoutStarting(plan: Plan): Plan {
  const steps = withoutDrained(plan.steps).flatMap(unstarted);
  const ids = new Set(steps.map(({ id }) => id));
  return {
    ...plan,
    steps: steps.map((step) => ({ ...step, after: step.after.filter((id) => ids.has(id)) })),
  };
}

/** Each step comes after those that it waits for. */
function withoutDrained(steps: readonly Step[]): Step[] {
  const held = new Set<string>();
  for (const { id, kind, after } of steps)
    if (kind === 'drainFunction' || after.some((one) => held.has(one))) held.add(id);
  return steps.filter(({ id }) => !held.has(id));
}

function unstarted(step: Step): Step[] {
  switch (step.kind) {
    case 'createSandbox':
      return step.args.pod.role === 'service' ? [{ ...step, args: { ...step.args, start: false } }] : [];
    case 'createContainer':
      return step.args.container.role === 'application'
        ? [{ ...step, args: { ...step.args, start: false } }]
        : [];
    case 'startSandbox':
    case 'startContainer':
    case 'stopContainer':
    case 'connectManagement':
    case 'configureFunction':
    case 'callHook':
    case 'insertWire':
    case 'proveChains':
    case 'drainFunction':
    case 'awaitService':
    case 'awaitFarService':
      return [];
    default:
      return [step];
  }
}
