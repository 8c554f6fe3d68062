import type { Step } from '../../deploy/step.ts';

/**
 * Of the steps of a plan those that tell functions, chains and the host's rules where a pod is. To lead one anew is left to
 * whoever mends it where it waits for more than these. Pure.
 */
export function tellingSteps(steps: readonly Step[]): Step[] {
  const told = new Set<string>();
  // A step comes after those that it waits for.
  return steps.flatMap((step) => {
    const isToldAlways = step.kind === 'configureFunction' || step.kind === 'guardNeighbours';
    const isLed = step.kind === 'insertWire' && step.after.every((id) => told.has(id));
    if (!isToldAlways && !isLed) return [];
    told.add(step.id);
    return { ...step, after: step.after.filter((id) => told.has(id)) };
  });
}
