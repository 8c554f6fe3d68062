import { isOneOff, label } from '../../lib/labels.ts';
import { functionsOf } from '../../selector/led.ts';
import { programOf } from '../function-hooks/due.ts';
import { type HookedPod, instancesOf, isHooked } from '../function-hooks/inputs.ts';
import { type Observed, podOf, runOf } from '../observed.ts';
import { isVersionOf } from '../versions.ts';
import { hookStep, readyAfter } from './hook-steps.ts';
import type { Planning } from './planning.ts';

/**
 * Functions that are told that there are more of them, or fewer, than before: each that there is from now on, once what passes it is
 * proven. Those that go may have flows still. One whose call failed is called again. Planned last.
 */
export function planScales(planning: Planning): void {
  const { spec, observed, options, builder } = planning;
  if (options.mode !== 'up') return;
  for (const pod of spec.pods.filter(isHooked)) {
    const { name, forwards } = pod;
    if (!forwards.hooks.scale || forwards.pod !== undefined) continue;
    if (options.only && !options.only.has(forwards.service)) continue;
    const from = instancesNow(observed, forwards.service);
    const to = instancesOf(spec, forwards.service).map((one) => one.name);
    const were = from.filter((one) => !isBeside(planning, one, from)).length;
    if (were === 0 || (were === to.length && !hasFailed(observed, pod))) continue;
    const led = spec.pods.filter((one) => functionsOf(one).includes(name)).map((one) => one.name);
    const reason =
      were === to.length ? 'its hook scale failed' : `there are ${to.length} instances, and were ${were}`;
    const occasion = { hook: 'scale', reason, from, to } as const;
    builder.add('callHook', `${name} scale`, { function: name, occasion }, reason, [
      ...readyAfter(planning, name),
      hookStep(name, 'start'),
      ...builder.idsOf('createContainer', [name]),
      ...builder.idsOf('insertWire', led),
      ...builder.idsOf('proveChains', led),
    ]);
  }
}

/** Whether a pod is of a version before one that stands beside it: of the two there is one instance. */
function isBeside({ pods }: Planning, name: string, all: readonly string[]): boolean {
  if (pods.has(name)) return false;
  return all.some((one) => {
    const pod = pods.get(one);
    return pod !== undefined && isVersionOf(pod, name);
  });
}

/** The pods that are a function now, sorted. */
function instancesNow({ containers }: Observed, service: string): string[] {
  const programs = containers.filter(
    ({ labels }) =>
      labels[label.service] === service && labels[label.role] === 'application' && !isOneOff(labels),
  );
  return [...new Set(programs.map(podOf))].sort();
}

function hasFailed({ hooks, containers }: Observed, pod: HookedPod): boolean {
  const notes = hooks?.[pod.name];
  const program = programOf(pod, containers);
  return program !== undefined && notes?.run === runOf(program) && notes.calls.scale?.failure !== undefined;
}
