import { type ProjectSource, projectSource } from '../api/contracts/project-source.ts';
import { isName } from '../lib/names.ts';
import * as z from '../lib/zod.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { deploymentSpec } from '../selector/spec-schema.ts';
import type { RecordKind } from '../state/record.ts';
import { migrations } from './desired-migrations.ts';

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
  /** By service whose replicas follow metrics: what it was made from. */
  readonly origins?: Readonly<Record<string, ProjectSource>>;
}

const names = z.array(z.string());

/** What is stored of each application, under its project's name. */
export const desiredRecord: RecordKind<Desired> = {
  schema: z.looseObject({
    spec: deploymentSpec,
    stopped: names,
    settled: z.boolean(),
    orphans: names.optional(),
    earlier: deploymentSpec.optional(),
    detached: z
      .array(z.looseObject({ container: z.string(), reason: z.string(), at: z.number() }))
      .optional(),
    removed: names.optional(),
    origins: z.record(z.string(), projectSource).optional(),
  }),
  migrations,
  isOf: ({ spec }, project) => isName('project', project) && spec.project === project,
};

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
