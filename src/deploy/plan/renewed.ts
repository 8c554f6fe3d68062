import { functionsOf } from '../../selector/led.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { canBeLed } from './can-be-led.ts';
import { sandboxSteps } from './functions.ts';
import { isUnready } from './hooks.ts';
import { ledBy, startsOf } from './led.ts';
import type { Planning } from './planning.ts';
import { planWire } from './wires.ts';

/**
 * Leads pods anew that run, are not among those wanted, and pass functions whose namespace is new, or whose program starts: else
 * they stay cut off. Returns the pods of the catalogue's functions in their paths, which have to be told where they stand then.
 */
export function planRenewed(planning: Planning, wanted: readonly PodSpec[]): PodSpec[] {
  const { spec } = planning;
  const are = new Set(wanted);
  const led = spec.pods.filter(
    (pod) =>
      !are.has(pod) && isRenewed(planning, functionsOf(pod), are) && canBeLed(planning, ledBy(planning, pod)),
  );
  for (const pod of led) planWire(planning, pod, []);
  const names = new Set(led.map(({ name }) => name));
  return spec.pods.filter((pod) => !are.has(pod) && names.has(pod.function?.pod ?? ''));
}

/**
 * Whether functions have a new namespace, or one's program starts, or is made ready, until which nothing is let in.
 * @param wanted those that are made ready
 */
function isRenewed(planning: Planning, functions: readonly string[], wanted: ReadonlySet<PodSpec>): boolean {
  const { builder, pods } = planning;
  return (
    sandboxSteps(builder, functions).length > 0 ||
    functions.some((fn) => {
      const pod = pods.get(fn);
      const isMadeReady = pod !== undefined && wanted.has(pod) && isUnready(planning, fn);
      return isMadeReady || startsOf(builder, pod).length > 0;
    })
  );
}
