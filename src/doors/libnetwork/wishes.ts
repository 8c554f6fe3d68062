import ipaddr from 'ipaddr.js';
import { carriesIp } from '../../networks/archetypes.ts';
import type { Endpoint, EndpointWish } from '../../networks/standard/endpoint.ts';
import type { Network, NetworkWish } from '../../networks/standard/network.ts';
import { invalidError } from '../../networks/standard/parsed.ts';
import { keyOptions } from '../key-options.ts';
import { macFor } from '../mac.ts';
import { type AskedPort, anyPort } from '../ports/choose-ports.ts';
import { familyOf, isDnsName, seen } from '../seen.ts';
import type { Addressing, Binding, NewEndpoint, NewNetwork } from './messages.ts';

// What Docker's networks and endpoints mean for Heddle's, and the other way round. Pure.

/** Which of Docker's networks one of Heddle's is: a label each, `made` for it or there before. */
export const networkLabel = 'docker.network/';
export const endpointLabel = 'docker.endpoint';
/** Of an endpoint that is no more than its addresses yet: Docker asks for these first. */
export const reservedLabel = 'docker.reserved';

type RangeOf = (subnet: string) => string | undefined;

/** Docker tells no plugin what its network is called: who wants the same name with both says so. */
export function networkNameOf({ NetworkID, Options }: NewNetwork): string {
  return Options?.['com.docker.network.generic']?.['network'] ?? `docker.${NetworkID.slice(0, 12)}`;
}

/**
 * The network that Docker wants. `rangeOf`: what addresses of a subnet are chosen from, which Docker says when it asks for that.
 * @throws HeddleError ERR_RESOURCE_INVALID
 */
export function networkWishOf(asked: NewNetwork, rangeOf: RangeOf): NetworkWish {
  const generic = asked.Options?.['com.docker.network.generic'] ?? {};
  const { archetype, mtu, options } = keyOptions(withoutDockers(generic));
  const subnets = addressingOf(asked).map((one) => subnetOf(one, rangeOf));
  const own = {
    ...(subnets.length > 0 && { subnets }),
    ...(asked.Options?.['com.docker.network.internal'] && { internal: true }),
  };
  return {
    name: networkNameOf(asked),
    archetype,
    ...(mtu !== undefined && { mtu }),
    labels: { [`${networkLabel}${asked.NetworkID}`]: 'made' },
    options: { ...(carriesIp(archetype) && own), ...options },
  };
}

/** What it says of addresses; whoever leaves them to the driver says `0.0.0.0/0`. */
export function addressingOf({ IPv4Data, IPv6Data }: NewNetwork): Addressing[] {
  return [...(IPv4Data ?? []), ...(IPv6Data ?? [])].filter(
    ({ Pool }) => !['', '0.0.0.0/0', '::/0'].includes(Pool),
  );
}

function subnetOf({ Pool, Gateway, AuxAddresses }: Addressing, rangeOf: RangeOf) {
  if (Object.keys(AuxAddresses ?? {}).length > 0)
    throw invalidError('--aux-address: reserve an address by an endpoint that has it', 'leave it out');
  const range = rangeOf(Pool);
  const gateway = withoutLength(Gateway);
  return {
    subnet: Pool,
    ...(gateway !== '' && { gateway }),
    ...(range !== undefined && { range }),
  };
}

/** Keys of Docker's own, of which one means something here. */
function withoutDockers(generic: Readonly<Record<string, string>>): Record<string, string> {
  const mtu = generic['com.docker.network.driver.mtu'];
  const own = Object.entries(generic).filter(([key]) => !key.startsWith('com.docker.'));
  return { ...(mtu !== undefined && { mtu }), ...Object.fromEntries(own) };
}

export function endpointName(id: string): string {
  return `docker.${id.slice(0, 12)}`;
}

/** An endpoint for what Docker makes, whose interface it moves itself. */
export function endpointWishOf(
  asked: NewEndpoint,
  network: Pick<Network, 'archetype' | 'name'>,
): EndpointWish {
  const { EndpointID, Interface, Options } = asked;
  const addresses = [Interface?.Address ?? '', Interface?.AddressIPv6 ?? '']
    .map(withoutLength)
    .filter(Boolean);
  const named = [Options?.['name'], ...String(Options?.['aliases'] ?? '').split(',')];
  const aliases = named
    .filter((one) => typeof one === 'string')
    .filter(isDnsName)
    .slice(0, 64);
  const [address] = addresses;
  const mac = Interface?.MacAddress || (address === undefined ? '' : macFor(network.name, address));
  return {
    name: endpointName(EndpointID),
    attachment: { kind: 'handed' },
    ...(mac !== '' && { mac: mac.toLowerCase() }),
    labels: { [endpointLabel]: EndpointID },
    options: carriesIp(network.archetype)
      ? { ...(addresses.length > 0 && { addresses }), ...(aliases.length > 0 && { aliases }) }
      : {},
  };
}

/** What Docker is told of an endpoint: only what it has not said itself. */
export function interfaceOf({ Interface }: NewEndpoint, endpoint: Endpoint) {
  const { addresses } = seen(endpoint);
  const hasAddress = (Interface?.Address ?? '') !== '' || (Interface?.AddressIPv6 ?? '') !== '';
  const ipv4 = addresses.find((one) => familyOf(one) === 4);
  const ipv6 = addresses.find((one) => familyOf(one) === 6);
  return {
    Interface: {
      ...(!hasAddress && ipv4 !== undefined && { Address: ipv4 }),
      ...(!hasAddress && ipv6 !== undefined && { AddressIPv6: ipv6 }),
      ...((Interface?.MacAddress ?? '') === '' && { MacAddress: endpoint.mac }),
    },
  };
}

/** Whether an endpoint is no more than addresses yet, of which one is among those. */
export function isReserved(endpoint: Endpoint, addresses: readonly unknown[]): boolean {
  const own = seen(endpoint).addresses.map(withoutLength);
  return endpoint.labels[reservedLabel] !== undefined && own.some((one) => addresses.includes(one));
}

/** What Docker moves into a container, and which way leads out there. */
export function joinedOf(endpoint: Endpoint) {
  const { gateways } = seen(endpoint);
  return {
    InterfaceName: { SrcName: String(endpoint.status.observed['interface']), DstPrefix: 'eth' },
    Gateway: gateways.find((one) => familyOf(one) === 4) ?? '',
    GatewayIPv6: gateways.find((one) => familyOf(one) === 6) ?? '',
    // Else Docker gives a container without a way out one through a bridge of its own.
    DisableGatewayService: true,
  };
}

/** By their numbers (IANA, protocol numbers). */
const protocols: Readonly<Record<number, AskedPort['protocol']>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

/**
 * What Docker wants published: at a port of the host, at one of several (`-p 8000-8010:80`), or at any (`-p 80`).
 * @throws HeddleError ERR_RESOURCE_INVALID for what a network cannot publish
 */
export function portsOf(bindings: readonly Binding[]): AskedPort[] {
  return bindings.map(({ Proto, Port, HostIP, HostPort, HostPortEnd = HostPort }) => {
    const protocol = protocols[Proto];
    if (protocol === undefined)
      throw invalidError(`port ${Port}: protocol ${Proto} is none of TCP, UDP and SCTP`);
    return {
      port: Port,
      ...(HostPort === 0 ? anyPort : { from: HostPort, to: Math.max(HostPort, HostPortEnd) }),
      protocol,
      ...(!['', '0.0.0.0', '::'].includes(HostIP) && { address: HostIP }),
    };
  });
}

/** An address in a subnet, with the subnet's length. */
export function lengthened(address: string, subnet: string): string {
  return `${withoutLength(address)}/${subnet.split('/')[1]}`;
}

export function withoutLength(address: string): string {
  return address.split('/')[0] ?? '';
}

/** A prefix as networks have it. @throws HeddleError ERR_RESOURCE_INVALID */
export function prefixText(text: string): string {
  if (!ipaddr.isValidCIDR(text)) throw invalidError(`${JSON.stringify(text.slice(0, 60))} is no prefix`);
  const [address, length] = ipaddr.parseCIDR(text);
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text);
  return `${network}/${length}`;
}
