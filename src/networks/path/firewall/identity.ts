import ipaddr from 'ipaddr.js';
import { hexOf } from '../../nft.ts';
import { stampLine } from '../../stamp.ts';
import { type Lane, type Leg, lanes, portNames, type WireId } from '../leg.ts';
import type { FirewallRules } from './rules.ts';

/** Marks that tell the inet chains which way a frame goes; bridges hide the port from them. */
export const inbound = 1;
export const outbound = 2;

const spoofed = 'counter name spoofed drop';
const other = 'counter name other drop';

/** An ARP packet for IPv4 over Ethernet (RFC 826), a question or an answer. Nothing may follow it but Ethernet's padding. */
const arpForm = 'arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation { request, reply }';
const arpLength = 28;
const arpPadded = 46;
/** Where the target of a neighbour advertisement or solicitation stands, and its first ten bits (RFC 4861, 4.3 and 4.4). */
const target = '@th,64,128';
const targetIsLinkLocal = '@th,64,10 0x3fa';
/** A link-layer address in the one option that they may have, and what tells that it is one: type 1 or 2, length 1. */
const hasLinkLayer = 'ip6 length 32 @th,192,16 { 0x0101, 0x0201 }';
const linkLayer = '@th,208,48';
const ndTypes = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }';

/**
 * The bridge table: who speaks is who it says, on both sides. A frame has the hardware address of the one whose IP address
 * it has, in Ethernet, ARP and neighbour discovery alike; what rules name comes from where it is; what is neither IP nor
 * ARP does not pass, nor anything at a port that the rules do not know.
 */
export function identityTable(legs: readonly Leg[], rules: FirewallRules, digest: string): string[] {
  const ports = legs.flatMap(({ id }) =>
    lanes.flatMap((lane) => [
      `"${portNames.inner(id, lane)}" : goto inside_${id}`,
      `"${portNames.outer(id, lane)}" : goto outside_${id}`,
    ]),
  );
  return [
    'table bridge heddle {',
    stampLine(digest),
    '  counter spoofed { }',
    '  counter other { }',
    ...legs.flatMap((leg) => chains(leg, rules)),
    '  chain prerouting {',
    '    type filter hook prerouting priority -300; policy drop;',
    ...legs.flatMap(({ id, mac }) => [
      `    iifname ${inEither(portNames.inner, id)} ether saddr != ${mac} ${spoofed}`,
      `    iifname ${inEither(portNames.outer, id)} ether saddr ${mac} ${spoofed}`,
    ]),
    ...(ports.length > 0 ? [`    iifname vmap { ${ports.join(', ')} }`] : []),
    `    ${other}`,
    '  }',
    '}',
  ];
}

function inEither(nameOf: (id: WireId, lane: Lane) => string, id: number): string {
  return `{ ${lanes.map((lane) => `"${nameOf(id, lane)}"`).join(', ')} }`;
}

function chains(leg: Leg, rules: FirewallRules): string[] {
  return [
    ...boundSets(leg),
    ...chain(`discovery_${leg.id}`, discoveryLines(leg)),
    ...chain(`inside_${leg.id}`, insideLines(leg)),
    ...chain(`outside_${leg.id}`, outsideLines(leg, rules)),
  ];
}

function chain(name: string, lines: readonly string[]): string[] {
  return [`  chain ${name} {`, ...lines.map((line) => `    ${line}`), '  }'];
}

/** What the pod says: in its own name, and in the form that it has. */
function insideLines({ mac, ipv4, ipv6, gateway }: Leg): string[] {
  const subnets = (gateway?.ipv4 ?? []).map(networkOf);
  return [
    `meta mark set ${outbound}`,
    `ether type arp meta length != ${arpLength} ${other}`,
    `ether type arp arp saddr ether != ${mac} ${spoofed}`,
    `ether type arp arp saddr ip != ${setOf(['0.0.0.0', ...ipv4])} ${spoofed}`,
    ...(subnets.length > 0 ? [`ether type arp arp daddr ip != ${setOf(subnets)} ${other}`] : []),
    `${arpForm} accept`,
    ...(ipv4.length > 0
      ? [`ether type ip ip saddr != ${setOf(ipv4)} ${spoofed}`, 'ether type ip accept']
      : []),
    `ether type ip6 ip6 saddr != ${setOf(['::', 'fe80::/10', ...ipv6])} ${spoofed}`,
    // Nothing but the question whether an address is free, and the membership of groups, comes from nowhere.
    `ip6 saddr :: meta l4proto != icmpv6 ${spoofed}`,
    `ip6 saddr :: icmpv6 type != { nd-neighbor-solicit, mld-listener-report, mld2-listener-report } ${spoofed}`,
    `${ndTypes} ${hasLinkLayer} ${linkLayer} != ${bits(mac)} ${spoofed}`,
    `icmpv6 type nd-neighbor-advert ${targetIsLinkLocal} accept`,
    `icmpv6 type nd-neighbor-advert ${ipv6.length > 0 ? `${target} != ${bitsOf(ipv6)} ` : ''}${spoofed}`,
    'ether type ip6 accept',
    other,
  ];
}

/** What is said to the pod: not in its name, in no other's that rules know, and in the form that it has. */
function outsideLines(leg: Leg, rules: FirewallRules): string[] {
  const { ipv4, ipv6 } = leg;
  return [
    `meta mark set ${inbound}`,
    `ether type arp meta length < ${arpLength} ${other}`,
    `ether type arp meta length > ${arpPadded} ${other}`,
    ...(ipv4.length > 0
      ? [
          `arp saddr ip ${setOf(ipv4)} ${spoofed}`,
          `ether type arp arp daddr ip != ${setOf(ipv4)} ${other}`,
          `ip saddr ${setOf(ipv4)} ${spoofed}`,
        ]
      : []),
    ...(ipv6.length > 0 ? [`ip6 saddr ${setOf(ipv6)} ${spoofed}`] : []),
    ...boundLines(leg.id),
    ...behindGateway(leg, rules),
    `${ndTypes} jump discovery_${leg.id}`,
    `${arpForm} accept`,
    'ether type { ip, ip6 } accept',
    other,
  ];
}

interface Identity {
  readonly mac: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** Those whose addresses are known on a leg, the gateway among them. */
function identities({ neighbours, gateway }: Leg): Identity[] {
  const known = neighbours.map(({ mac, ipv4, ipv6 }) => ({
    mac,
    ipv4: ipv4 === undefined ? [] : [ipv4],
    ipv6: ipv6 === undefined ? [] : [ipv6],
  }));
  if (!gateway) return known;
  const [ipv4, ipv6] = [gateway.ipv4.map(addressOf), gateway.ipv6.map(addressOf)];
  return [...known, { mac: gateway.mac, ipv4, ipv6 }];
}

/** The addresses that are known on a leg, and with which hardware address each is spoken from. */
function boundSets(leg: Leg): string[] {
  return ([4, 6] as const).flatMap((family) => {
    const known = identities(leg).flatMap(({ mac, ipv4, ipv6 }) =>
      (family === 4 ? ipv4 : ipv6).map((address) => ({ address, mac })),
    );
    const type = `ipv${family}_addr`;
    return [
      `  set known${family}_${leg.id} { type ${type};${elements(known.map(({ address }) => address))} }`,
      `  set bound${family}_${leg.id} { type ${type} . ether_addr;${elements(known.map(({ address, mac }) => `${address} . ${mac}`))} }`,
    ];
  });
}

function boundLines(id: number): string[] {
  return [
    `ip saddr @known4_${id} ip saddr . ether saddr != @bound4_${id} ${spoofed}`,
    `arp saddr ip @known4_${id} arp saddr ip . ether saddr != @bound4_${id} ${spoofed}`,
    `arp saddr ip @known4_${id} arp saddr ip . arp saddr ether != @bound4_${id} ${spoofed}`,
    `ip6 saddr @known6_${id} ip6 saddr . ether saddr != @bound6_${id} ${spoofed}`,
  ];
}

/** What neighbour discovery says of those who are known, and what it asks of the pod. */
function discoveryLines(leg: Leg): string[] {
  const claims = identities(leg).flatMap(({ mac, ipv6 }) =>
    ipv6.flatMap((address) => {
      const advertised = `icmpv6 type nd-neighbor-advert ${target} ${hexOf(ipaddr.parse(address).toByteArray())}`;
      return [
        `ip6 saddr ${address} ${hasLinkLayer} ${linkLayer} != ${bits(mac)} ${spoofed}`,
        `${advertised} ether saddr != ${mac} ${spoofed}`,
        `${advertised} ${hasLinkLayer} ${linkLayer} != ${bits(mac)} ${spoofed}`,
      ];
    }),
  );
  // Only what asks for an address of the pod's needs an answer of it.
  const question = 'icmpv6 type nd-neighbor-solicit';
  const another = leg.ipv6.length > 0 ? `${target} != ${bitsOf(leg.ipv6)} ` : '';
  return [...claims, `${question} ${targetIsLinkLocal} return`, `${question} ${another}${other}`];
}

/** An address that a rule names, and that is not of the network, comes through its gateway and from no neighbour. */
function behindGateway({ gateway }: Leg, rules: FirewallRules): string[] {
  if (!gateway) return [];
  return ([4, 6] as const).flatMap((family) => {
    const named = namedNetworks(rules, family);
    if (named.length === 0) return [];
    const here = (family === 4 ? gateway.ipv4 : gateway.ipv6).map(networkOf);
    const source = family === 4 ? 'ip saddr' : 'ip6 saddr';
    const elsewhere = here.length > 0 ? `${source} != ${setOf(here)} ` : '';
    return named.map((cidr) => `${source} ${cidr} ${elsewhere}ether saddr != ${gateway.mac} ${spoofed}`);
  });
}

/** Networks that rules name one by one; all the world is none. */
function namedNetworks({ ingress, egress }: FirewallRules, family: 4 | 6): string[] {
  const lists = [ingress, egress].flatMap((list) => (list === 'allow' ? [] : list));
  const cidrs = lists.flatMap(({ peers }) =>
    peers.flatMap((peer) => (peer.kind === 'cidr' && peer.family === family ? [peer.cidr] : [])),
  );
  return [...new Set(cidrs)].filter((cidr) => !cidr.endsWith('/0'));
}

function elements(items: readonly string[]): string {
  const all = [...new Set(items)];
  return all.length > 0 ? ` elements = { ${all.join(', ')} };` : '';
}

function setOf(items: readonly string[]): string {
  return `{ ${[...new Set(items)].join(', ')} }`;
}

function bitsOf(addresses: readonly string[]): string {
  return setOf(addresses.map((address) => hexOf(ipaddr.parse(address).toByteArray())));
}

function bits(mac: string): string {
  return `0x${mac.replaceAll(':', '')}`;
}

function addressOf(cidr: string): string {
  return cidr.split('/')[0] ?? cidr;
}

/** `10.89.0.1/24` → `10.89.0.0/24`. */
function networkOf(cidr: string): string {
  const [, length = ''] = cidr.split('/');
  const kind = cidr.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  return `${kind.networkAddressFromCIDR(cidr).toString()}/${length}`;
}
