import type { Application } from '../descriptor/application.ts';
import { onWire } from '../networks/standard/on-wire.ts';
import type { NetworkSpec, VolumeSpec } from './spec.ts';

export function networkSpecs(application: Application): NetworkSpec[] {
  return Object.values(application.networks).map((network) => ({
    name: network.name,
    owner: network.archetype ?? 'engine',
    key: network.key,
    external: network.external,
    ...(network.driver === undefined ? {} : { driver: network.driver }),
    driverOptions: network.driverOptions,
    ...(network.archetypeOptions && { options: network.archetypeOptions }),
    ...onWire(network),
    internal: network.internal,
    ipv6: network.ipv6,
    ipam: network.ipam,
    labels: network.labels,
  }));
}

export function volumeSpecs(application: Application): VolumeSpec[] {
  return Object.values(application.volumes).map((volume) => ({
    name: volume.name,
    key: volume.key,
    external: volume.external,
    ...(volume.driver === undefined ? {} : { driver: volume.driver }),
    driverOptions: volume.driverOptions,
    labels: volume.labels,
  }));
}
