import type { PodSpec } from '../../selector/spec.ts';

/** Dependencies first, collectors before all, so that the steps that others wait for are planned before them. */
export function inDependencyOrder(pods: readonly PodSpec[]): PodSpec[] {
  const byService = Map.groupBy(pods, (pod) => (pod.role === 'service' ? (pod.service ?? '') : ''));
  const owners = new Map(pods.map((pod) => [pod.name, pod.service ?? '']));
  const ordered = new Set<PodSpec>(byService.get('') ?? []);
  const visited = new Set<string>();
  const visit = (service: string) => {
    if (visited.has(service)) return;
    visited.add(service);
    const replicas = byService.get(service) ?? [];
    for (const needed of replicas.flatMap((pod) => servicesBefore(pod, owners))) visit(needed);
    for (const pod of replicas) ordered.add(pod);
  };
  for (const service of byService.keys()) visit(service);
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
