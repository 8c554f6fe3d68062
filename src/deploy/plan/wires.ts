import { functionsOf } from '../../selector/led.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { isCutOff } from './can-be-led.ts';
import { configurationOf, sandboxSteps } from './functions.ts';
import { readyAfter } from './hook-steps.ts';
import { isUnready } from './hooks.ts';
import { ledBy, mayBeWithout, startsOf } from './led.ts';
import type { Planning } from './planning.ts';
import { whyLed } from './wire-reasons.ts';

/**
 * The step that leads a pod's traffic through its path and its chains, if it does not go there already; it takes those out
 * that it is not to pass any more. In one: at no moment less is passed than before and after.
 */
export function planWire(planning: Planning, pod: PodSpec, sandbox: readonly string[]): readonly string[] {
  const { builder, pods } = planning;
  if (functionsOf(pod).length === 0) return sandbox;
  const led = ledBy(planning, pod);
  const functions = functionsOf(led);
  const sandboxes = sandboxSteps(builder, functions);
  // Nothing passes a function of any image until its program runs.
  const programs = functions.flatMap((fn) => startsOf(builder, pods.get(fn)));
  const unready = functions.some((fn) => isUnready(planning, fn));
  const renewed = sandbox.length > 0 || sandboxes.length > 0 || programs.length > 0 || unready;
  const bypassed = functionsOf(pod).filter((fn) => !functions.includes(fn));
  const reason = whyLed(planning, led, { renewed, bypassed });
  if (reason === undefined || isCutOff(planning, led)) return [];
  const after = [
    ...sandbox,
    ...sandboxes,
    ...functions.map(configurationOf),
    ...functions.flatMap((fn) => readyAfter(planning, fn)),
    ...programs,
  ];
  const id = builder.add('insertWire', pod.name, { pod }, reason, after);
  builder.despite(
    id,
    functions
      .filter((fn) => mayBeWithout(led, fn))
      .flatMap((fn) => [...startsOf(builder, pods.get(fn)), ...readyAfter(planning, fn)]),
  );
  return [id];
}
