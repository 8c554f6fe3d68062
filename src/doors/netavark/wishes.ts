import ipaddr from 'ipaddr.js';
import { carriesIp } from '../../networks/archetypes.ts';
import type { Endpoint, EndpointWish } from '../../networks/standard/endpoint.ts';
import type { Network, NetworkWish } from '../../networks/standard/network.ts';
import { invalidError } from '../../networks/standard/parsed.ts';
import { keyOptions } from '../key-options.ts';
import { macFor } from '../mac.ts';
import { familyOf, isDnsName, seen, subnetsOf } from '../seen.ts';
import type { Execution, PodmanNetwork, PodmanPort } from './message.ts';

// What Podman's networks and containers mean for networks and endpoints, and the other way round. Pure.

export function networkNameOf({ name, options }: PodmanNetwork): string {
  return options?.['network'] ?? name;
}

/** The network that Podman wants: what it says of subnets holds where the archetype has such. */
export function networkWishOf(network: PodmanNetwork): NetworkWish {
  const { archetype, mtu, options } = keyOptions(network.options ?? {});
  const subnets = (network.subnets ?? []).map(({ subnet, gateway }) => ({
    subnet,
    ...(gateway !== undefined && gateway !== null && { gateway }),
  }));
  const own = {
    ...(subnets.length > 0 && { subnets }),
    ...(network.internal && { internal: true }),
    ...(network.ipv6_enabled && { ipv6: true }),
  };
  return {
    name: networkNameOf(network),
    archetype,
    ...(mtu !== undefined && { mtu }),
    options: { ...(carriesIp(archetype) && own), ...options },
  };
}

/** What Podman keeps of its network: addresses are given by Heddle, and by nobody else. */
export function podmanNetworkOf(asked: PodmanNetwork, made: Network): object {
  const subnets = subnetsOf(made);
  return {
    ...asked,
    ...(subnets.length > 0 && { subnets }),
    ipv6_enabled: subnets.some(({ subnet }) => familyOf(subnet) === 6),
    ipam_options: { driver: 'none' },
  };
}

export function endpointName({ container_id, network_options }: Execution): string {
  return `${container_id.slice(0, 12)}.${network_options.interface_name}`;
}

/** What shows whose an endpoint is. */
export const containerLabel = 'podman.container';

/** `inode`: of the namespace. @throws HeddleError ERR_RESOURCE_INVALID */
export function endpointWishOf(
  execution: Execution,
  network: Pick<Network, 'archetype' | 'name'>,
  namespace: string,
  inode: number,
): EndpointWish {
  const { container_id, container_name, port_mappings, network_options: asked } = execution;
  const aliases = carriesIp(network.archetype)
    ? [...new Set([container_name, ...(asked.aliases ?? [])])].filter(isDnsName).slice(0, 64)
    : [];
  const ports = portsOf(port_mappings ?? []);
  const addresses = asked.static_ips ?? [];
  const own = keyOptions({ ...asked.options }).options;
  return {
    name: endpointName(execution),
    attachment: { kind: 'namespace', path: namespace, inode, interface: asked.interface_name },
    mac: asked.static_mac
      ? asked.static_mac.toLowerCase()
      : macFor(container_id, asked.interface_name, network.name),
    labels: { [containerLabel]: container_id, 'podman.name': container_name },
    options: {
      ...(aliases.length > 0 && { aliases }),
      ...(addresses.length > 0 && { addresses }),
      ...(ports.length > 0 && { ports }),
      ...own,
    },
  };
}

/** What an endpoint publishes at most. */
const mostPorts = 1024;

/** Counted before they are made: a few words ask for thousands of millions. */
function portsOf(mappings: readonly PodmanPort[]) {
  const published = mappings.filter(({ host_port }) => host_port !== 0);
  const count = published.reduce(
    (sum, { protocol, range }) => sum + protocol.split(',').length * Math.max(range, 1),
    0,
  );
  if (count > mostPorts)
    throw invalidError(`${count} ports are published: an endpoint publishes ${mostPorts} at most`);
  return published.flatMap(portsOfRange);
}

/** One each of a range; a protocol is `tcp`, or several with commas between. */
function portsOfRange({ container_port, host_port, host_ip, protocol, range }: PodmanPort) {
  return protocol.split(',').flatMap((one) =>
    Array.from({ length: Math.max(range, 1) }, (_, index) => ({
      port: container_port + index,
      published: host_port + index,
      protocol: one,
      // Podman listens at what its containers publish, so that nobody else does.
      held: true,
      ...(host_ip && ipaddr.isValid(host_ip) && !isAny(host_ip) && { address: host_ip }),
    })),
  );
}

function isAny(address: string): boolean {
  return ['0.0.0.0', '::'].includes(address);
}

/** What Podman shows of a container on a network, and writes into its resolv.conf. */
export function statusOf({ network_options: { interface_name } }: Execution, endpoint: Endpoint) {
  const { addresses, gateways, nameServers } = seen(endpoint);
  return {
    dns_search_domains: [],
    dns_server_ips: nameServers,
    interfaces: {
      [interface_name]: {
        mac_address: endpoint.mac,
        subnets: addresses.map((ipnet) => {
          const gateway = gateways.find((one) => familyOf(one) === familyOf(ipnet));
          return { ipnet, ...(gateway !== undefined && { gateway }) };
        }),
      },
    },
  };
}
