import { functionsOf } from '../../selector/led.ts';
import { sandboxName } from '../../selector/pod-names.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { sandboxSteps } from './functions.ts';
import type { Planning } from './planning.ts';

/** Whether a pod runs, with a namespace of each function that it passes, now or when the steps planned so far are done. */
export function canBeLed(planning: Planning, pod: PodSpec): boolean {
  return runs(planning, sandboxName(pod.name)) && functionsOf(pod).every((fn) => isThere(planning, fn));
}

/**
 * Whether a pod that is led runs on without a function that was stopped on purpose: its traffic is cut off there, and to lead it anew
 * would only fail, and with it what waits for that.
 */
export function isCutOff(planning: Planning, pod: PodSpec): boolean {
  const { builder, observed, options, pods } = planning;
  return (
    observed.paths.some((one) => one.pod === pod.name) &&
    sandboxSteps(builder, [pod.name]).length === 0 &&
    pod.containers.every(({ name }) => runs(planning, name)) &&
    functionsOf(pod).some((fn) => options.stopped?.has(pods.get(fn)?.service ?? '') && !isThere(planning, fn))
  );
}

function isThere(planning: Planning, fn: string): boolean {
  return runs(planning, sandboxName(fn)) || sandboxSteps(planning.builder, [fn]).length > 0;
}

function runs({ observed }: Planning, container: string): boolean {
  return observed.containers.some(({ name, state }) => name === container && state === 'running');
}
