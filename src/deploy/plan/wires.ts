import { functionsOf } from '../../selector/led.ts';
import type { PodSpec } from '../../selector/spec.ts';
import type { PlanBuilder } from './builder.ts';
import { isCutOff } from './can-be-led.ts';
import { configurationOf, sandboxSteps } from './functions.ts';
import type { Planning } from './planning.ts';
import { whyLed } from './wire-reasons.ts';

/**
 * The step that leads a pod's traffic through its path and its chains, if it does not go there already; it takes those out
 * that it is not to pass any more. In one: at no moment less is passed than before and after.
 */
export function planWire(planning: Planning, pod: PodSpec, sandbox: readonly string[]): readonly string[] {
  const { builder } = planning;
  const functions = functionsOf(pod);
  if (functions.length === 0) return sandbox;
  const sandboxes = sandboxSteps(builder, functions);
  const renewed = sandbox.length > 0 || sandboxes.length > 0;
  const reason = whyLed(planning, pod, renewed);
  if (reason === undefined || isCutOff(planning, pod)) return [];
  const after = [
    ...sandbox,
    ...sandboxes,
    ...functions.map(configurationOf),
    ...functionSteps(planning, pod),
  ];
  return [builder.add('insertWire', pod.name, { pod }, reason, after)];
}

/** The programs of functions of any image, for what may pass nobody until they run. */
function functionSteps({ builder, pods }: Planning, { chains = [] }: PodSpec): string[] {
  const closed = chains.filter(({ onFailure }) => onFailure === 'closed').flatMap(({ path }) => path);
  const programs = [...new Set(closed)].flatMap((fn) => {
    const pod = pods.get(fn);
    return pod?.forwards ? pod.containers.map(({ name }) => name) : [];
  });
  return startOf(builder, programs);
}

function startOf(builder: PlanBuilder, containers: readonly string[]): string[] {
  return [...builder.idsOf('createContainer', containers), ...builder.idsOf('startContainer', containers)];
}
