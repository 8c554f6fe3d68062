import type { PodSpec } from '../../selector/spec.ts';
import type { PlanBuilder } from './builder.ts';
import { planWire } from './functions.ts';
import type { Planning } from './planning.ts';

/** Ids of the steps that a pod's containers wait for, beside those of its sandbox; for its application, and for the others. */
interface Connected {
  readonly application: readonly string[];
  readonly agents: readonly string[];
}

/**
 * What comes between a pod's sandbox and its first container: its links into networks, in which its path stands, and that to
 * the management bridge. `sandbox`: the steps after which its namespace is there; none: it is there already.
 */
export function planEndpoints(planning: Planning, pod: PodSpec, sandbox: readonly string[]): Connected {
  return {
    application: planWire(planning, pod, sandbox),
    agents: planManagement(planning, pod, sandbox),
  };
}

/** Lets the applications of pods begin after one more step, which could be planned only when all else was. */
export function holdBack(builder: PlanBuilder, pods: readonly PodSpec[], id: string): void {
  for (const { containers } of pods) {
    const names = containers.filter(({ role }) => role === 'application').map(({ name }) => name);
    for (const kind of ['createContainer', 'startContainer'] as const) {
      for (const begins of builder.idsOf(kind, names)) builder.delay(begins, [id]);
    }
  }
}

function planManagement(
  { observed, builder }: Planning,
  pod: PodSpec,
  sandbox: readonly string[],
): readonly string[] {
  if (!pod.management) return sandbox;
  const port = observed.management.find((candidate) => candidate.pod === pod.name);
  if (port && port.isolated === pod.management.isolated && sandbox.length === 0) return [];
  const reason = sandbox.length > 0 ? 'its sandbox is new' : 'it has an agent and no management link';
  return [builder.add('connectManagement', pod.name, { pod }, reason, sandbox)];
}
