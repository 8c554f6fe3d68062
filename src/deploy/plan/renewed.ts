import { functionsOf } from '../../selector/led.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { canBeLed } from './can-be-led.ts';
import { sandboxSteps } from './functions.ts';
import type { Planning } from './planning.ts';
import { planWire } from './wires.ts';

/**
 * Leads pods anew that run, are not among those wanted, and pass functions whose namespace is new: else they stay cut off. Returns
 * the pods of the catalogue's functions in their paths, which have to be told where they stand then.
 */
export function planRenewed(planning: Planning, wanted: readonly PodSpec[]): PodSpec[] {
  const { builder, spec } = planning;
  const are = new Set(wanted);
  const led = spec.pods.filter(
    (pod) => !are.has(pod) && sandboxSteps(builder, functionsOf(pod)).length > 0 && canBeLed(planning, pod),
  );
  for (const pod of led) planWire(planning, pod, []);
  const names = new Set(led.map(({ name }) => name));
  return spec.pods.filter((pod) => !are.has(pod) && names.has(pod.function?.pod ?? ''));
}
