import type { ObservedContainer } from '../engines/observed.ts';
import { isOneOff, label } from '../lib/labels.ts';
import { isSharedFunction } from '../selector/led.ts';
import type { DeploymentSpec, PodSpec } from '../selector/spec.ts';
import { podOf } from './observed.ts';
import { programsOf } from './stopped.ts';
import { named } from './versions.ts';

/** Instances of functions that are wanted no longer and run still, by each that is wanted of the same service. */
export type StandIns = ReadonlyMap<string, readonly PodSpec[]>;

/**
 * Who goes on in the place of functions of which none is in service: instances, and versions, that others were to take the place of.
 * Each as a pod like that which is wanted, under its own name. Pure.
 * @param isOut whether nothing may pass with a process
 */
export function standInsFor(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  containers: readonly ObservedContainer[],
  isOut: (pid: number) => boolean = () => false,
): StandIns {
  const known = new Set(pods.map(({ name }) => name));
  const others = Map.groupBy(
    containers.filter((one) => !known.has(podOf(one)) && !isOneOff(one.labels)),
    ({ labels }) => labels[label.service],
  );
  const found = pods.filter(isSharedFunction).map((pod) => {
    const names = [...new Set((others.get(pod.service) ?? []).map(podOf))].sort();
    const all = names.map((name) => named(pod, name));
    return [pod.name, all.filter((one) => programsOf(one, containers, isOut))] as const;
  });
  return new Map(found.filter(([, all]) => all.length > 0));
}
