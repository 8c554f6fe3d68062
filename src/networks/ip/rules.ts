import type { Published } from './options.ts';
import { prefixOf } from './prefix.ts';
import { hasResolver, resolverAddress } from './resolver.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

// Text for nft(8): one table for all networks, in whose sets and maps each network and endpoint has elements. What a packet
// passes does not grow with the number of networks. Pure.

export const table = 'heddle_ip';

/** Those that decide about a packet, by what they do. */
export const rule = {
  same: 'iifname . oifname @same accept',
  /** Between hosts of one network, if the sender is where this host would send the answer. */
  within: (family: 4 | 6) => `${within(family)} fib saddr . iif oif exists accept`,
  /** Of several paths at once, Linux before 7.1 looks at one only, by IPv6: there it is enough that the sender is on another host. */
  withinByPaths: `iifname != @bridges ${within(6)} fib saddr oif exists fib saddr oifname != "hb*" accept`,
  /** The kernel need not look that up for each packet. */
  withinKnown: (family: 4 | 6) => `${within(family)} ct state established,related accept`,
  unmasked: (family: 4 | 6) => `oifname != @bridges ${within(family)} return`,
  fromInternal: 'iifname @internal drop',
  toInternal: 'oifname @internal drop',
  published: 'oifname @bridges ct status dnat accept',
  toOthers: 'oifname @bridges drop',
  /** The kernel takes a packet to any address of this host at each interface (RFC 1122, 3.3.4.2: the weak model). */
  ownNames: (family: 4 | 6) =>
    `iifname != "lo" ${family === 4 ? 'ip' : 'ip6'} daddr @served${family} meta l4proto { tcp, udp } th dport 53 fib daddr . iif type != local drop`,
  /** Questions for a gateway, of those that want other servers asked than this host asks. */
  resolvers:
    'iifname @bridges ip daddr @served4 meta l4proto { tcp, udp } th dport 53 dnat ip to ip saddr map @resolvers4',
  /**
   * Who speaks from an address that is behind another interface would have the answer sent to somebody else (RFC 2827). Where packets
   * are forwarded or arrive, the kernel looks that up since Linux 5.19 (be8be04e5ddb). One that does not takes none of these rules,
   * and no network is made.
   */
  forged: (family: 4 | 6) =>
    family === 4
      ? 'iifname @bridges ct state new ip saddr != 0.0.0.0 fib saddr . iif oif missing drop'
      : 'iifname @bridges ct state new ip6 saddr != :: fib saddr . iif oif missing drop',
  noLoopback: 'iifname @bridges ip daddr 127.0.0.0/8 drop',
  masquerade: (family: 4 | 6, what: 'leaving' | 'published' = 'leaving') => {
    const ip = family === 4 ? 'ip' : 'ip6';
    const from = `${ip} saddr @subnets${family}`;
    return what === 'leaving'
      ? `${from} oifname != @bridges masquerade`
      : `${from} ct status dnat snat ${ip} to oifname map @gateways${family}`;
  },
} as const;

function within(family: 4 | 6): string {
  const ip = family === 4 ? 'ip' : 'ip6';
  return `${ip} saddr . ${ip} daddr @within${family}`;
}

/** The table and its rules, whatever there is of it: sets keep their elements. */
export function baseRules(): string {
  return `
add table inet ${table}
add set inet ${table} bridges { type ifname; }
add set inet ${table} internal { type ifname; }
add set inet ${table} same { type ifname . ifname; }
add set inet ${table} subnets4 { type ipv4_addr; flags interval; }
add set inet ${table} subnets6 { type ipv6_addr; flags interval; }
add set inet ${table} within4 { type ipv4_addr . ipv4_addr; flags interval; }
add set inet ${table} within6 { type ipv6_addr . ipv6_addr; flags interval; }
add set inet ${table} served4 { type ipv4_addr; }
add set inet ${table} served6 { type ipv6_addr; }
add map inet ${table} gateways4 { type ifname : ipv4_addr; }
add map inet ${table} gateways6 { type ifname : ipv6_addr; }
add map inet ${table} resolvers4 { type ipv4_addr : ipv4_addr; }
add map inet ${table} ports4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
add map inet ${table} ports6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
add map inet ${table} at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
add map inet ${table} at6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
${chain('forward', 'filter', 'forward', 'filter', [
  // Between endpoints of one network, where the kernel shows bridged frames to these rules.
  rule.same,
  rule.forged(4),
  rule.forged(6),
  'oifname @bridges ct state established,related accept',
  rule.withinKnown(4),
  rule.withinKnown(6),
  rule.within(4),
  rule.within(6),
  rule.withinByPaths,
  rule.fromInternal,
  rule.toInternal,
  rule.published,
  // From other networks, and from outside past the published ports.
  rule.toOthers,
])}
${chain('loopback', 'filter', 'prerouting', 'raw', [
  // The bridges route it, so that published ports are at the host's loopback as well; endpoints have nothing to do there.
  rule.noLoopback,
])}
${chain('names', 'filter', 'input', 'filter', [
  rule.forged(4),
  rule.forged(6),
  // A name server is bound to an address, and cannot tell where a question came in: others have none to ask of it.
  rule.ownNames(4),
  rule.ownNames(6),
])}
${chain('published', 'nat', 'prerouting', 'dstnat', [rule.resolvers, ...toEndpoints])}
${chain('published_here', 'nat', 'output', '-100', [
  // The kernel takes no answer to ::1 from a bridge, whatever is said to it: better refused at once than never answered.
  'ip6 daddr ::1 return',
  ...toEndpoints,
])}
${chain('leaving', 'nat', 'postrouting', 'srcnat', [
  rule.unmasked(4),
  rule.unmasked(6),
  rule.masquerade(4),
  rule.masquerade(6),
  // An endpoint that asks for a published port, its own perhaps, would get the answer past this host. What is masqueraded ends
  // with the interface that it leaves by: these go on while a bridge is replaced.
  rule.masquerade(4, 'published'),
  rule.masquerade(6, 'published'),
  'ip saddr 127.0.0.0/8 snat ip to oifname map @gateways4',
])}
`;
}

const toEndpoints = [
  'fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @at4',
  'fib daddr type local dnat ip6 to ip6 daddr . meta l4proto . th dport map @at6',
  'fib daddr type local meta nfproto ipv4 dnat ip to meta l4proto . th dport map @ports4',
  'fib daddr type local meta nfproto ipv6 dnat ip6 to meta l4proto . th dport map @ports6',
];

function chain(name: string, type: string, hook: string, priority: string, rules: readonly string[]): string {
  return [
    `add chain inet ${table} ${name} { type ${type} hook ${hook} priority ${priority}; policy accept; }`,
    `flush chain inet ${table} ${name}`,
    ...rules.map((rule) => `add rule inet ${table} ${name} ${rule}`),
  ].join('\n');
}

/** An element of a set or map: what is said of it, word for word. */
export interface Element {
  readonly in: string;
  readonly key: readonly string[];
  readonly data?: readonly string[];
}

/** `bridge`: the interface that the network has on this host. */
export function networkElements({ options }: IpNetwork, bridge: string): Element[] {
  const subnets = options.internal ? [] : options.subnets.map(({ subnet }) => subnet);
  return [
    { in: 'bridges', key: [bridge] },
    { in: 'same', key: [bridge, bridge] },
    ...(options.internal ? [{ in: 'internal', key: [bridge] }] : []),
    ...gatewayElements(options.subnets, bridge),
    // Whether it has names now or not: those can change.
    ...options.subnets.flatMap(({ gateway }) =>
      gateway === undefined ? [] : [{ in: `served${gateway.includes(':') ? 6 : 4}`, key: [gateway] }],
    ),
    ...(options.routed ? withinElements(options.subnets) : []),
    ...subnets.map((subnet) => ({ in: `subnets${prefixOf(subnet).family}`, key: [subnet] })),
  ];
}

/** What one has had that was routed, and is no more. */
export function formerElements({ options: { routed, subnets } }: IpNetwork): Element[] {
  return routed ? [] : withinElements(subnets);
}

function withinElements(subnets: IpNetwork['options']['subnets']): Element[] {
  return subnets.map(({ subnet }) => ({ in: `within${prefixOf(subnet).family}`, key: [subnet, subnet] }));
}

/** The first of each family: one source is enough for what this host sends on. */
function gatewayElements(subnets: IpNetwork['options']['subnets'], bridge: string): Element[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = subnets.find(({ subnet, gateway }) => gateway && prefixOf(subnet).family === family);
    return own?.gateway === undefined
      ? []
      : [{ in: `gateways${family}`, key: [bridge], data: [own.gateway] }];
  });
}

/** Its published ports, at each of its addresses, and who answers its questions for names. */
export function endpointElements({ attachment, network, options }: IpEndpoint): Element[] {
  // Those of another node are published there.
  if (attachment.kind === 'remote') return [];
  return options.addresses.flatMap((address) => {
    const family = address.includes(':') ? 6 : 4;
    const resolver =
      family === 4 && hasResolver(options)
        ? [{ in: 'resolvers4', key: [address], data: [resolverAddress(network, options)] }]
        : [];
    return [...options.ports.flatMap((port) => mapping(family, address, port)), ...resolver];
  });
}

function mapping(family: 4 | 6, to: string, { address, protocol, published, port }: Published): Element[] {
  const key = [protocol, String(published)];
  const data = [to, String(port)];
  if (address !== undefined && address.includes(':') !== (family === 6)) return [];
  return address === undefined || isAll(address)
    ? [{ in: `ports${family}`, key, data }]
    : [{ in: `at${family}`, key: [address, ...key], data }];
}

/** Whether it stands for all addresses of its family that a host has (RFC 1122, 3.2.1.3; RFC 4291, 2.5.2). */
export function isAll(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function addElements(elements: readonly Element[]): string[] {
  return elements.map((one) => `add element inet ${table} ${one.in} { ${written(one)} }`);
}

/** Of elements that are there: one that is not would fail all. */
export function deleteElements(elements: readonly Element[]): string[] {
  return elements.map((one) => `delete element inet ${table} ${one.in} { ${written(one)} }`);
}

function written({ in: container, key, data = [] }: Element): string {
  const isOfInterfaces = ['bridges', 'internal', 'same', 'gateways4', 'gateways6'].includes(container);
  const words = key.map((word) => (isOfInterfaces ? `"${word}"` : word)).join(' . ');
  return data.length === 0 ? words : `${words} : ${data.join(' . ')}`;
}
