import type { Planning } from './planning.ts';
import { removeContainers } from './removal.ts';

export function planVolumes({ spec, observed, builder }: Planning): void {
  const present = new Set(observed.volumes.map((volume) => volume.name));
  for (const volume of spec.volumes) {
    if (volume.external || present.has(volume.name)) continue;
    builder.add('createVolume', volume.name, { volume }, 'it does not exist');
  }
}

/** Networks that are missing or changed; returns the names of those whose pods have to be made anew. */
export function planNetworks(planning: Planning): ReadonlySet<string> {
  const { spec, observed, options, builder } = planning;
  const present = new Map(observed.networks.map((network) => [network.name, network]));
  const changed = new Set<string>();
  for (const network of spec.networks) {
    if (network.external) continue;
    const existing = present.get(network.name);
    if (!existing) {
      builder.add('createNetwork', network.name, { network }, 'it does not exist');
    } else if (options.mode === 'up' && existing.hash !== options.hash(network)) {
      changed.add(network.name);
      const attached = observed.containers.filter((container) =>
        container.networks.some((address) => address.network === network.name),
      );
      const pods = new Set(attached.map((container) => container.labels['io.heddle.pod']));
      const reason = `the network ${network.name} changed`;
      const leaving = observed.containers.filter((container) => pods.has(container.labels['io.heddle.pod']));
      const removed = removeContainers(planning, leaving, reason);
      const id = builder.add(
        'removeNetwork',
        network.name,
        { name: network.name },
        'its definition changed',
        removed,
      );
      builder.add('createNetwork', network.name, { network }, 'its definition changed', [id]);
    }
  }
  return changed;
}
