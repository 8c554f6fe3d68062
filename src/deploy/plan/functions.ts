import type { PodSpec } from '../../selector/spec.ts';
import { functionInputs } from '../function-inputs.ts';
import type { PlanBuilder } from './builder.ts';
import type { Planning } from './planning.ts';

/** Id of the step after which a function has its rules, planned or not. */
export function configurationOf(fn: string): string {
  return `configureFunction ${fn}`;
}

/**
 * Functions that have to be given their rules: they are new, or an address or a rule changed, or a sandbox whose
 * address their rules name is made in this plan. Planned last, since it follows from the steps for pods.
 */
export function planFunctions(
  { spec, observed, options, builder }: Planning,
  pods: readonly PodSpec[],
): void {
  for (const pod of pods) {
    const inputs = functionInputs(spec, observed.containers, pod);
    if (!inputs || !pod.function || pod.sandbox.kind !== 'own') continue;
    const sandboxes = sandboxSteps(builder, [pod.name, pod.function.pod, ...inputs.concerned]);
    const rewired = builder.has(`insertWire ${pod.function.pod}`);
    const agents = builder.idsOf(
      'createContainer',
      pod.containers.map(({ name }) => name),
    );
    const applied = observed.functions[pod.name];
    const current = applied === options.hash(inputs);
    if (current && sandboxes.length === 0 && !rewired) continue;
    const changed =
      rewired && current ? 'where it stands changed' : 'its rules, or addresses they name, changed';
    const reason = applied !== undefined ? changed : 'it has no rules yet';
    builder.add('configureFunction', pod.name, { pod }, reason, [...sandboxes, ...agents]);
  }
}

/** The step that leads a pod's traffic through its function, if it does not go there already. */
export function planWire(
  { observed, builder }: Planning,
  pod: PodSpec,
  sandbox: readonly string[],
): readonly string[] {
  if (pod.through === undefined) return sandbox;
  const functionSteps = sandboxSteps(builder, [pod.through]);
  const wire = observed.wires.find((one) => one.pod === pod.name && one.function === pod.through);
  if (wire?.whole && sandbox.length === 0 && functionSteps.length === 0) return [];
  const after = [...sandbox, ...functionSteps, configurationOf(pod.through)];
  const reason = wire
    ? `not all of its traffic passes ${pod.through}`
    : `its traffic has to pass ${pod.through}`;
  return [builder.add('insertWire', pod.name, { pod }, reason, after)];
}

export function sandboxSteps(builder: PlanBuilder, pods: readonly string[]): string[] {
  return [...builder.idsOf('createSandbox', pods), ...builder.idsOf('startSandbox', pods)];
}
