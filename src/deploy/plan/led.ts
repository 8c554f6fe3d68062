import type { PodSpec } from '../../selector/spec.ts';
import { standInsFor } from '../stand-ins.ts';
import { hasOthers, ledNow, programNames, stoppedFunctions } from '../stopped.ts';
import type { PlanBuilder } from './builder.ts';
import type { Planning } from './planning.ts';

/**
 * A pod as its traffic is to be led: chains that are open on failure do without functions that neither run nor are started, and all
 * without such instances of one that has others. Before they do without, they go on with those that were to go.
 */
export function ledBy({ spec, observed, builder, pods }: Planning, pod: PodSpec): PodSpec {
  if (!pod.chains?.some(({ onFailure, instances }) => onFailure === 'open' || instances)) return pod;
  const stopped = [...stoppedFunctions(spec, observed.containers)];
  const left = stopped.filter((fn) => startsOf(builder, pods.get(fn)).length === 0);
  if (left.length === 0) return pod;
  return ledNow(pod, new Set(left), standInsFor(spec, observed.containers));
}

/**
 * Whether all chains of a pod do without a function that cannot be started, or made ready: those that are open on failure, and those
 * that have other instances of it.
 */
export function mayBeWithout({ chains = [] }: PodSpec, fn: string): boolean {
  return chains
    .filter(({ path }) => path.includes(fn))
    .every((chain) => chain.onFailure === 'open' || hasOthers(chain, fn, new Set()));
}

/** Steps that start the program of a function of any image. */
export function startsOf(builder: PlanBuilder, fn: PodSpec | undefined): string[] {
  const programs = fn ? programNames(fn) : [];
  return [...builder.idsOf('createContainer', programs), ...builder.idsOf('startContainer', programs)];
}
