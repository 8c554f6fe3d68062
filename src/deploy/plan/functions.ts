import { kindNamed } from '../../networks/path/kinds.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { knownContainers } from '../far.ts';
import { functionInputs } from '../function-inputs.ts';
import type { PlanBuilder } from './builder.ts';
import { connectionsOf } from './connections.ts';
import type { Planning } from './planning.ts';

/** Id of the step after which a function is configured, planned or not. */
export function configurationOf(fn: string): string {
  return `configureFunction ${fn}`;
}

/**
 * Functions that have to be configured: they are new, or an address or a setting changed, or a sandbox whose address they
 * have to know is made in this plan. Planned last, since it follows from the steps for pods.
 */
export function planFunctions(planning: Planning, pods: readonly PodSpec[]): void {
  const { spec, observed, options, builder } = planning;
  for (const pod of pods) {
    const inputs = functionInputs(spec, knownContainers(observed), pod);
    if (!inputs || !pod.function || pod.sandbox.kind !== 'own') continue;
    if (!kindNamed(pod.function.kind).configuration) continue;
    const known = [pod.function.pod, ...inputs.concerned];
    // Its rules are for interfaces of the pod, which may come after its sandbox.
    const placed = [
      ...sandboxSteps(builder, [pod.name, ...known]),
      ...known
        .flatMap((name) => planning.pods.get(name) ?? [])
        .flatMap((one) => connectionsOf(planning, one)),
    ];
    const rewired = builder.has(`insertWire ${pod.function.pod}`);
    const agents = builder.idsOf(
      'createContainer',
      pod.containers.map(({ name }) => name),
    );
    const applied = observed.functions[pod.name];
    const current = applied === options.hash(inputs);
    if (current && placed.length === 0 && !rewired) continue;
    const changed =
      rewired && current ? 'where it stands changed' : 'its rules, or addresses they name, changed';
    const reason = applied !== undefined ? changed : 'it has no rules yet';
    builder.add('configureFunction', pod.name, { pod }, reason, [...placed, ...agents]);
  }
}

export function sandboxSteps(builder: PlanBuilder, pods: readonly string[]): string[] {
  return [...builder.idsOf('createSandbox', pods), ...builder.idsOf('startSandbox', pods)];
}
