import type { FirewallRule, FirewallRules, Peer, PortRange } from './rules.ts';

/** An interface of the protected pod, with the addresses that are its own. */
export interface GuardedInterface {
  readonly name: string;
  readonly mac: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** Addresses of the services that the rules name. */
export type ServiceAddresses = Readonly<
  Record<string, { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] }>
>;

/** Marks that tell the inet chains which way a frame goes; bridges hide the port from them. */
const inbound = 1;
const outbound = 2;

/** Kinds of ICMPv6 without which a link does not work (RFC 4890, 4.4.1). */
const link6 =
  'nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert, mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report';

/**
 * The nftables rules of a firewall in the wire, as one transaction that replaces what is there: no moment without
 * rules, open connections stay.
 *
 * The bridge table drops what speaks in another's name, on both sides, and all that is neither IP nor ARP; the inet
 * table does the stateful part.
 */
export function renderRuleset(
  rules: FirewallRules,
  interfaces: readonly GuardedInterface[],
  services: ServiceAddresses,
): string {
  return `${[
    'table bridge heddle',
    'delete table bridge heddle',
    'table inet heddle',
    'delete table inet heddle',
    'table bridge heddle {',
    '  counter spoofed { }',
    '  counter other { }',
    '  chain prerouting {',
    '    type filter hook prerouting priority -300; policy accept;',
    `    iifname "o-*" meta mark set ${inbound}`,
    `    iifname "i-*" meta mark set ${outbound}`,
    '    ether type != { ip, ip6, arp } counter name other drop',
    ...interfaces.flatMap(antiSpoofing).map((line) => `    ${line}`),
    '  }',
    '}',
    'table inet heddle {',
    ...['established', 'invalid', 'ingress_denied', 'egress_denied'].map((name) => `  counter ${name} { }`),
    ...serviceSets(services),
    ...declarations('ingress', rules.ingress),
    ...declarations('egress', rules.egress),
    '  chain forward {',
    '    type filter hook forward priority 0; policy drop;',
    '    ct state established,related counter name established accept',
    '    ct state invalid counter name invalid drop',
    `    icmpv6 type { ${link6} } accept`,
    `    meta mark ${inbound} goto ingress`,
    `    meta mark ${outbound} goto egress`,
    '  }',
    ...chain('ingress', rules.ingress, rules.log, services),
    ...chain('egress', rules.egress, rules.log, services),
    '}',
  ].join('\n')}\n`;
}

/** The pod speaks from its own addresses only, and nobody outside speaks from them. */
function antiSpoofing({ name, mac, ipv4, ipv6 }: GuardedInterface): string[] {
  const drop = 'counter name spoofed drop';
  const own4 = ipv4.join(', ');
  const own6 = ipv6.join(', ');
  return [
    `iifname "i-${name}" ether saddr != ${mac} ${drop}`,
    `iifname "o-${name}" ether saddr ${mac} ${drop}`,
    `iifname "i-${name}" ip saddr != { 0.0.0.0${own4 && `, ${own4}`} } ${drop}`,
    `iifname "i-${name}" arp saddr ip != { 0.0.0.0${own4 && `, ${own4}`} } ${drop}`,
    `iifname "i-${name}" ip6 saddr != { ::, fe80::/10${own6 && `, ${own6}`} } ${drop}`,
    ...(own4
      ? [
          `iifname "o-${name}" ip saddr { ${own4} } ${drop}`,
          `iifname "o-${name}" arp saddr ip { ${own4} } ${drop}`,
        ]
      : []),
    ...(own6 ? [`iifname "o-${name}" ip6 saddr { ${own6} } ${drop}`] : []),
  ];
}

function serviceSets(services: ServiceAddresses): string[] {
  return Object.entries(services).flatMap(([service, { ipv4, ipv6 }]) => [
    set(setName(service, 4), 'ipv4_addr', ipv4),
    set(setName(service, 6), 'ipv6_addr', ipv6),
  ]);
}

function set(name: string, type: string, elements: readonly string[]): string {
  const list = elements.length > 0 ? ` elements = { ${elements.join(', ')} };` : '';
  return `  set ${name} { type ${type};${list} }`;
}

/** A counter for each rule, and for each rule with a rate the set in which sources are counted. */
function declarations(direction: string, rules: readonly FirewallRule[] | 'allow'): string[] {
  if (rules === 'allow') return [`  counter ${direction}_allowed { }`];
  return rules.flatMap((rule, index) => [
    `  counter ${direction}_${index} { }`,
    ...(rule.rate
      ? [
          `  counter ${direction}_${index}_rate { }`,
          ...([4, 6] as const).map(
            (family) =>
              `  set ${direction}_${index}_rate${family} { type ipv${family}_addr; size 65535; flags dynamic,timeout; timeout 1m; }`,
          ),
        ]
      : []),
  ]);
}

function chain(
  direction: 'ingress' | 'egress',
  rules: readonly FirewallRule[] | 'allow',
  log: FirewallRules['log'],
  services: ServiceAddresses,
): string[] {
  const lines =
    rules === 'allow'
      ? [`counter name ${direction}_allowed accept`]
      : [
          ...rules.flatMap((rule, index) => ruleLines(direction, rule, index, services)),
          // Bounded, so that a flood of denied packets is no flood of messages.
          ...(log === 'denied'
            ? [`limit rate 20/second burst 40 packets log prefix "${direction}" group 1`]
            : []),
          `counter name ${direction}_denied drop`,
        ];
  return [`  chain ${direction} {`, ...lines.map((line) => `    ${line}`), '  }'];
}

function ruleLines(
  direction: 'ingress' | 'egress',
  rule: FirewallRule,
  index: number,
  services: ServiceAddresses,
): string[] {
  const name = `${direction}_${index}`;
  return rule.peers.flatMap((peer) =>
    familiesOf(peer).flatMap((family) => {
      const who = peerMatch(peer, family, direction, services);
      if (who === undefined) return [];
      return portMatches(rule.ports, family).flatMap((what) => {
        const match = [who, what].filter(Boolean).join(' ');
        return [...rateLines(rule, name, family, match), `${match} counter name ${name} accept`.trim()];
      });
    }),
  );
}

function rateLines(rule: FirewallRule, name: string, family: 4 | 6, match: string): string[] {
  if (!rule.rate) return [];
  const { count, per } = rule.rate;
  const source = family === 4 ? 'ip saddr' : 'ip6 saddr';
  const protocol = family === 4 ? 'meta nfproto ipv4' : 'meta nfproto ipv6';
  const over = `add @${name}_rate${family} { ${source} limit rate over ${count}/${per} burst ${count} packets }`;
  return [`${protocol} ${match} ${over} counter name ${name}_rate drop`];
}

function familiesOf(peer: Peer): readonly (4 | 6)[] {
  return peer.kind === 'cidr' ? [peer.family] : [4, 6];
}

/** What is said of the other end's address; nothing when the peer has none of this family. */
function peerMatch(
  peer: Peer,
  family: 4 | 6,
  direction: 'ingress' | 'egress',
  services: ServiceAddresses,
): string | undefined {
  const side = `${family === 4 ? 'ip' : 'ip6'} ${direction === 'ingress' ? 'saddr' : 'daddr'}`;
  if (peer.kind === 'any') return `meta nfproto ipv${family}`;
  if (peer.kind === 'cidr') return `${side} ${peer.cidr}`;
  return peer.service in services ? `${side} @${setName(peer.service, family)}` : undefined;
}

function portMatches(ports: readonly PortRange[], family: 4 | 6): string[] {
  if (ports.length === 0) return [''];
  return ports.map(({ protocol, from, to }) => {
    if (protocol === 'icmp') return family === 4 ? 'icmp type echo-request' : 'icmpv6 type echo-request';
    return `${protocol} dport ${from === to ? from : `${from}-${to}`}`;
  });
}

/** Names in nftables are letters, digits and underscores. */
function setName(service: string, family: 4 | 6): string {
  const plain = [...service]
    .map((c) => (/[a-z0-9]/i.test(c) ? c : `_${c.charCodeAt(0).toString(16)}_`))
    .join('');
  return `service${family}_${plain}`;
}
