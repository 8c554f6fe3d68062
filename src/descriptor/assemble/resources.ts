import type { Network, Volume } from '../application.ts';
import type { ComposeNetwork, ComposeVolume } from '../schema/resources.ts';
import { present, textMap } from './present.ts';

export function toNetwork(key: string, network: ComposeNetwork): Network {
  const ipam = (network.ipam?.config ?? []).map((block) =>
    present({ subnet: block.subnet, gateway: block.gateway, ipRange: block.ip_range }),
  );
  return present({
    key,
    name: network.name ?? key,
    external: network.external ?? false,
    archetype: network['x-heddle']?.archetype,
    needs: network['x-heddle']?.needs,
    archetypeOptions: network['x-heddle']?.options,
    vlan: network['x-heddle']?.vlan,
    program: network['x-heddle']?.program,
    driver: network.driver,
    driverOptions: textMap(network.driver_opts),
    internal: network.internal ?? false,
    ipv4: network.enable_ipv4 ?? true,
    // An IPv6 subnet is a wish for IPv6, whether or not the switch is there.
    ipv6: network.enable_ipv6 ?? ipam.some((block) => block.subnet?.includes(':')),
    ipam,
    labels: textMap(network.labels),
  });
}

export function toVolume(key: string, volume: ComposeVolume): Volume {
  return present({
    key,
    name: volume.name ?? key,
    external: volume.external ?? false,
    driver: volume.driver,
    driverOptions: textMap(volume.driver_opts),
    labels: textMap(volume.labels),
  });
}
