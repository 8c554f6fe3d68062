import ipaddr from 'ipaddr.js';
import { contentHash } from '../../lib/hash.ts';
import type { AddressedLink, Link } from '../ip.ts';
import type { As, Settled } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Network } from '../standard/network.ts';
import { aliasOf, bridgeName, handedName, portName } from './names.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';

export type LinuxNetwork = As<Settled<Network>, NetworkOptions>;
export type LinuxEndpoint = As<Settled<Endpoint>, EndpointOptions>;

/** Whether its switch is a bridge of Open vSwitch. */
export function isOvs({ options }: LinuxNetwork): boolean {
  return options.switch.kind === 'openvswitch';
}

// Lines for `ip -batch`: `create…` where there is none; `settle…` makes one what it should be, and may be said again. Pure.

export function createBridge({ id, mtu }: LinuxNetwork): string[] {
  // An address of its own: else it has that of a port, and changes when ports come and go.
  return [
    `link add ${bridgeName(id)} address ${bridgeMac(id)} mtu ${mtu} type bridge forward_delay 0 stp_state 0`,
  ];
}

export function settleBridge({ id, name, mtu, options }: LinuxNetwork): string[] {
  const bridge = bridgeName(id);
  // Without an address of the host's there is nobody on it who speaks IPv6.
  const mode = options.addresses.some(isIpv6) ? 'eui64' : 'none';
  return [
    // Before it is up: one command of both sets it up first, with an address that nobody wants.
    `link set ${bridge} alias ${quoted(aliasOf('network', id, name))} mtu ${mtu} addrgenmode ${mode}`,
    `link set ${bridge} up`,
    ...options.addresses.map((address) => addAddress(bridge, address)),
  ];
}

/** `inside`: the name of the other end, in the namespace of that path. */
export function createVeth(
  { id, mac }: LinuxEndpoint,
  mtu: number,
  inside: string,
  namespace: string,
): string[] {
  return [
    `link add ${portName(id)} mtu ${mtu} type veth peer name ${inside} address ${mac} mtu ${mtu} netns ${quoted(namespace)}`,
  ];
}

/** Its other end waits on this host, shut and without addresses, until somebody moves it. */
export function createHanded({ id, mac }: LinuxEndpoint, mtu: number): string[] {
  const waiting = handedName(id);
  return [
    `link add ${portName(id)} mtu ${mtu} type veth peer name ${waiting} address ${mac} mtu ${mtu}`,
    `link set ${waiting} addrgenmode none`,
  ];
}

export function createTap({ id }: LinuxEndpoint, owner: number | undefined): string[] {
  return [`tuntap add dev ${portName(id)} mode tap${owner === undefined ? '' : ` user ${owner}`}`];
}

/** Makes an interface of the host a port of a network, and marks it as an endpoint's. */
export function settlePort(
  { id, name, options }: LinuxEndpoint,
  network: LinuxNetwork,
  port: string,
): string[] {
  const alias = quoted(aliasOf('endpoint', id, `${network.name}/${name}`));
  const mark = `link set ${port} alias ${alias} mtu ${network.mtu} addrgenmode none`;
  // One that is led is shut until it is: whoever leads it opens it. One without IP is opened by `quiet.ts`.
  const isOpened = options.ip && !options.led;
  // A port of Open vSwitch is one by its database.
  if (isOvs(network)) return isOpened ? [mark, `link set ${port} up`] : [mark];
  return [
    mark,
    `link set ${port} master ${bridgeName(network.id)}${isOpened ? ' up' : ''}`,
    `link set ${port} type bridge_slave isolated ${onOff(options.isolated)} hairpin ${onOff(options.hairpin)}`,
  ];
}

/** The end that is in the namespace, and has its MAC address: where that is set again, neighbours are forgotten. */
export function settleInside({ options }: LinuxEndpoint, name: string, mtu: number): string[] {
  // Neither ARP, nor an address by which IPv6 would look for others. Before it is up: else it has one already.
  const silent = options.ip ? [] : [`link set ${name} arp off addrgenmode none`];
  return [
    'link set lo up',
    ...silent,
    `link set ${name} mtu ${mtu} up`,
    ...options.addresses.map((address) => addAddress(name, address)),
    ...options.routes.map(({ to, via }) => `route replace ${to} via ${via} dev ${name}`),
  ];
}

/** Nobody else has it: it was given by whoever keeps the addresses, and is used at once. */
function addAddress(name: string, address: string): string {
  return `address replace ${address} dev ${name}${isIpv6(address) ? ' nodad' : ''}`;
}

/** What an interface has and should not, as lines that take it away. */
export function removeSurplus(link: AddressedLink | undefined, wanted: readonly string[]): string[] {
  const kept = new Set(wanted.map(canonical));
  const own = (link?.addr_info ?? []).filter(({ scope }) => scope === 'global');
  return own
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    .filter((address) => !kept.has(canonical(address)))
    .map((address) => `address del ${address} dev ${link?.ifname}`);
}

/** Whether a bridge is there as it should be. */
export function isBridge(link: Link | undefined, network: LinuxNetwork): boolean {
  return (
    link !== undefined &&
    (link.linkinfo?.info_kind === 'bridge' || isOvs(network)) &&
    link.mtu === network.mtu &&
    isUp(link)
  );
}

/** Whether the port of an endpoint is there as it should be. */
export function isPort(link: Link | undefined, endpoint: LinuxEndpoint, network: LinuxNetwork): boolean {
  const { led } = endpoint.options;
  // Whoever leads it looks after it: with the function that it led to it is gone.
  if (led && link === undefined) return true;
  if (isOvs(network)) return link !== undefined && link.mtu === network.mtu && (led || isUp(link));
  return (
    link?.master === bridgeName(network.id) &&
    link.mtu === network.mtu &&
    (link.linkinfo?.info_slave_data?.isolated ?? false) === endpoint.options.isolated &&
    (link.linkinfo?.info_slave_data?.hairpin ?? false) === endpoint.options.hairpin &&
    (led || isUp(link))
  );
}

function onOff(is: boolean): string {
  return is ? 'on' : 'off';
}

function isUp({ flags }: Link): boolean {
  return flags.includes('UP');
}

/** Administered locally: nobody's who builds interfaces. */
export function bridgeMac(id: string): string {
  return `02:${contentHash('bridge', id).slice(0, 10).match(/../g)?.join(':')}`;
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}

function canonical(address: string): string {
  const [ip, length] = ipaddr.parseCIDR(address);
  return `${ip}/${length}`;
}

/** A word for `ip -batch`, which takes a text in quotes as one. What comes here has no quotes: names and paths are checked. */
function quoted(text: string): string {
  return `"${text}"`;
}
