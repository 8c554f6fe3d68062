import { isName } from '../lib/names.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { deploymentSpec } from '../selector/spec-schema.ts';

/** What is wanted of one application. */
export interface Desired {
  readonly spec: DeploymentSpec;
  /** Services that were stopped on purpose. */
  readonly stopped: readonly string[];
  /** Whether it has been so once. Until then only what exists is healed, and `up` has the rest to do. */
  readonly settled: boolean;
  /** Services that are wanted from before and that the file does not have. */
  readonly orphans?: readonly string[];
  /** What was wanted before this: what exists may have been made from it. */
  readonly earlier?: DeploymentSpec;
  /** Agents that were taken away for going over their budget, until the next `up`. */
  readonly detached?: readonly Detachment[];
  /** Pods that `rm` has removed, until the next `up`. */
  readonly removed?: readonly string[];
}

/** Whether a stored record is one that this node can act on: what is not is left alone, and named when the node starts. */
export function isSound(project: string, value: unknown): value is Desired {
  const record = value as Partial<Desired> | null;
  return (
    isName('project', project) &&
    record?.spec?.project === project &&
    Array.isArray(record.stopped) &&
    deploymentSpec.safeParse(record.spec).success
  );
}

export interface Detachment {
  readonly container: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is wanted of an application without the agents that were taken away, and the pods that were removed. */
export function attachedSpec({ spec, detached = [], removed = [] }: Desired): DeploymentSpec {
  if (detached.length === 0 && removed.length === 0) return spec;
  const away = new Set(detached.map(({ container }) => container));
  const left = spec.pods.filter(
    ({ name, function: fn }) => ![name, fn?.pod].some((pod) => removed.includes(pod ?? '')),
  );
  return {
    ...spec,
    pods: left.map((pod) => ({
      ...pod,
      containers: pod.containers.filter(({ name }) => !away.has(name)),
    })),
  };
}
