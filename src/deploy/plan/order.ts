import { functionsOf } from '../../selector/led.ts';
import type { PodSpec } from '../../selector/spec.ts';

/**
 * Dependencies first, and functions before those whose traffic passes them, so that the steps that others wait for are planned
 * before them; of the rest, collectors before all.
 */
export function inDependencyOrder(pods: readonly PodSpec[]): PodSpec[] {
  const isReplica = ({ role }: PodSpec) => role === 'service';
  const byName = new Map(pods.map((pod) => [pod.name, pod]));
  const byService = Map.groupBy(pods.filter(isReplica), ({ service }) => service ?? '');
  const owners = new Map(pods.map((pod) => [pod.name, pod.service ?? '']));
  const ordered = new Set<PodSpec>();
  const visited = new Set<PodSpec | string>();
  const visit = (pod: PodSpec) => {
    if (visited.has(pod)) return;
    visited.add(pod);
    for (const fn of functionsOf(pod)) {
      const passed = byName.get(fn);
      if (passed) visit(passed);
    }
    for (const service of servicesBefore(pod, owners)) visitAll(service);
    ordered.add(pod);
  };
  const visitAll = (service: string) => {
    if (visited.has(service)) return;
    visited.add(service);
    for (const pod of byService.get(service) ?? []) visit(pod);
  };
  for (const pod of pods) if (!isReplica(pod)) visit(pod);
  for (const service of byService.keys()) visitAll(service);
  return [...ordered];
}

/** The services a pod depends on, and the one in whose namespace it lives. */
export function servicesBefore(pod: PodSpec, owners: ReadonlyMap<string, string>): string[] {
  const dependencies = pod.containers.flatMap((container) =>
    container.dependsOn.map(({ service }) => service),
  );
  const owner = pod.sandbox.kind === 'pod' ? owners.get(pod.sandbox.pod) : undefined;
  return owner === undefined ? dependencies : [...dependencies, owner];
}
