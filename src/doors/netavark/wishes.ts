import ipaddr from 'ipaddr.js';
import { carriesIp } from '../../networks/archetypes.ts';
import type { Published } from '../../networks/ip/options.ts';
import type { Endpoint, EndpointWish } from '../../networks/standard/endpoint.ts';
import type { Network, NetworkWish } from '../../networks/standard/network.ts';
import { invalidError } from '../../networks/standard/parsed.ts';
import { keyOptions } from '../key-options.ts';
import { macFor } from '../mac.ts';
import { type AskedPort, anyPort } from '../ports/choose-ports.ts';
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

/** `inode`: of the namespace; `ports`: what it publishes. */
export function endpointWishOf(
  execution: Execution,
  network: Pick<Network, 'archetype' | 'name'>,
  namespace: { readonly path: string; readonly inode: number },
  ports: readonly Published[],
): EndpointWish {
  const { container_id, container_name, network_options: asked } = execution;
  const aliases = carriesIp(network.archetype)
    ? [...new Set([container_name, ...(asked.aliases ?? [])])].filter(isDnsName).slice(0, 64)
    : [];
  const addresses = asked.static_ips ?? [];
  const own = keyOptions({ ...asked.options }).options;
  return {
    name: endpointName(execution),
    attachment: { kind: 'namespace', ...namespace, interface: asked.interface_name },
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

/**
 * What a container wants to publish. Counted before it is made: a few words ask for thousands of millions.
 * @throws HeddleError ERR_RESOURCE_INVALID
 */
export function portsOf({ port_mappings }: Pick<Execution, 'port_mappings'>): AskedPort[] {
  const mappings = port_mappings ?? [];
  const count = mappings.reduce(
    (sum, { protocol, range }) => sum + protocol.split(',').length * Math.max(range, 1),
    0,
  );
  if (count > mostPorts)
    throw invalidError(`${count} ports are published: an endpoint publishes ${mostPorts} at most`);
  return mappings.flatMap(portsOfRange);
}

/** One each of a range; a protocol is `tcp`, or several with commas between. */
function portsOfRange(mapping: PodmanPort): AskedPort[] {
  const { container_port, host_port, host_ip, range } = mapping;
  return protocolsOf(mapping).flatMap((protocol) =>
    Array.from({ length: Math.max(range, 1) }, (_, index) => ({
      port: container_port + index,
      protocol,
      // Podman chooses by itself, and listens at what its containers publish, so that nobody else does.
      ...(host_port === 0 ? anyPort : { from: host_port + index, to: host_port + index, held: true }),
      ...(host_ip && ipaddr.isValid(host_ip) && !isAny(host_ip) && { address: host_ip }),
    })),
  );
}

const protocols = ['tcp', 'udp', 'sctp'] as const;

function protocolsOf({ container_port, protocol }: PodmanPort): Published['protocol'][] {
  return protocol.split(',').map((word) => {
    const known = protocols.find((one) => one === word);
    if (known) return known;
    throw invalidError(
      `port ${container_port}: protocol ${JSON.stringify(word.slice(0, 40))} is none of ${protocols.join(', ')}`,
    );
  });
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
