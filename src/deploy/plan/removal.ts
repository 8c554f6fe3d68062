import type { ObservedContainer } from '../../engines/engine.ts';
import { composeLabel } from '../../lib/labels.ts';
import { keyOf, podOf } from '../observed.ts';
import type { Planning } from './planning.ts';

/** What the label says of Compose's `depends_on`, so that `down` needs no file: `db:service_healthy:false,…`. */
export const dependsOnLabel = 'com.docker.compose.depends_on';

/** Removes containers that are not wanted, and what hung on their pods. */
export function planRemoval(planning: Planning, surplus: readonly ObservedContainer[], reason: string): void {
  const { observed, builder, pods, spec } = planning;
  const removed = removeContainers(planning, surplus, reason);
  const gone = new Set(surplus.map(podOf));
  for (const port of observed.management) {
    if (pods.get(port.pod)?.management) continue;
    const after = gone.has(port.pod)
      ? removed
      : builder.ids().filter((id) => id.startsWith('removeContainer '));
    builder.add('disconnectManagement', port.pod, { pod: port.pod }, 'no agent of it is left', after);
  }
  if (observed.management.length > 0 && ![...pods.values()].some((pod) => pod.management)) {
    const after = builder
      .ids()
      .filter((id) => id.startsWith('disconnectManagement ') || id.startsWith('remove'));
    builder.add('removeManagement', spec.project, {}, 'no agent is left', after);
  }
  const wantedNetworks = new Set(spec.networks.map((network) => network.name));
  for (const network of observed.networks) {
    if (wantedNetworks.has(network.name)) continue;
    builder.add('removeNetwork', network.name, { name: network.name }, reason, removed);
  }
}

/**
 * Steps that remove containers: those that depend on others first, agents before the application, the sandbox last.
 * Returns the ids of all of them.
 */
export function removeContainers(
  { builder }: Pick<Planning, 'builder'>,
  containers: readonly ObservedContainer[],
  reason: string,
): string[] {
  const idOf = (container: ObservedContainer) => `removeContainer ${container.name}`;
  const ids: string[] = [];
  for (const container of containers) {
    const after = containers.filter((other) => goesBefore(other, container)).map(idOf);
    ids.push(
      builder.add(
        'removeContainer',
        container.name,
        { name: container.name, grace: graceOf(container) },
        reason,
        after,
      ),
    );
  }
  return ids;
}

/** Whether `first` has to be gone before `second` may go. */
function goesBefore(first: ObservedContainer, second: ObservedContainer): boolean {
  if (first === second) return false;
  if (podOf(first) === podOf(second)) return rank(first) < rank(second);
  if (rank(first) !== 1 || rank(second) !== 1) return false;
  const needs = (first.labels[dependsOnLabel] ?? '').split(',').map((entry) => entry.split(':')[0]);
  return needs.includes(second.labels[composeLabel.service] ?? '');
}

function rank(container: ObservedContainer): number {
  if (keyOf(container) === 'sandbox') return 2;
  return keyOf(container) === 'app' ? 1 : 0;
}

/** Milliseconds a container is given to end; the engine knows better for the application's own. */
export function graceOf(container: ObservedContainer): number {
  const written = Number(container.labels[graceLabel]);
  return Number.isFinite(written) ? written : 2000;
}

/** Milliseconds, `stop_grace_period`. */
export const graceLabel = 'io.heddle.stop-grace';
