import type { ContainerStatus } from '../../api/messages.ts';

/** How many replicas services have now. */
export function replicasOf(
  services: readonly string[],
  containers: readonly ContainerStatus[],
): Record<string, number> {
  const counts = Object.fromEntries(services.map((service) => [service, 0]));
  for (const { role, service } of containers) {
    if (role === 'application' && service !== null && Object.hasOwn(counts, service)) counts[service]! += 1;
  }
  return counts;
}
