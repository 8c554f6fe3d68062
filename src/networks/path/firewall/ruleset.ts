import { contentHash } from '../../../lib/hash.ts';
import { stampLine } from '../../stamp.ts';
import { type Leg, lanes, portNames } from '../leg.ts';
import { identityTable, inbound, outbound } from './identity.ts';
import { neighbourChains, neighbourRules } from './neighbours.ts';
import { type FirewallRule, type FirewallRules, type Peer, type PortRange, servicesIn } from './rules.ts';

/** Sources that a rule with a rate can tell apart; one more is not let in. An element takes some 200 bytes of the kernel. */
const sourcesCounted = 131_072;
/** How long a source is remembered after it was last seen: longer than its rate takes to be whole again. */
const remembered = { second: '1m', minute: '2m', hour: '2h' } as const;

/**
 * The nftables rules of a firewall in the wire, as one transaction that replaces what is there: no moment without rules.
 *
 * The bridge table drops what speaks in another's name; the inet table does the stateful part. What was let in is known by
 * a mark that changes with the rules: after each change every open connection is judged anew, as if it began now, so that
 * it ends with the rule that let it in, or with its source. `digest`: what all that was made from, to be read again.
 */
export function renderRuleset(rules: FirewallRules, legs: readonly Leg[], digest: string): string {
  const identity = identityTable(legs, rules, digest);
  const sets = serviceSets(rules, legs);
  const mark = `0x${generationOf([...identity, ...sets, JSON.stringify(rules)])}`;
  return `${[
    'table bridge heddle',
    'delete table bridge heddle',
    'table inet heddle',
    'delete table inet heddle',
    ...identity,
    'table inet heddle {',
    stampLine(digest),
    ...['established', 'invalid', 'discovery', 'ingress_denied', 'egress_denied'].map(
      (name) => `  counter ${name} { }`,
    ),
    ...sets,
    ...declarations('ingress', rules.ingress),
    ...declarations('egress', rules.egress),
    ...neighbourChains(),
    ...chain('ingress', rules.ingress, rules.log, mark),
    ...chain('egress', rules.egress, rules.log, mark),
    '  chain forward {',
    '    type filter hook forward priority 0; policy drop;',
    ...neighbourRules().map((line) => `    ${line}`),
    '    ct state invalid counter name invalid drop',
    `    ct mark ${mark} counter name established accept`,
    // A connection is one that came in or one that went out, whichever way its packet goes.
    `    meta mark ${inbound} ct direction original goto ingress`,
    `    meta mark ${outbound} ct direction reply goto ingress`,
    `    meta mark ${inbound} ct direction reply goto egress`,
    `    meta mark ${outbound} ct direction original goto egress`,
    '  }',
    '}',
  ].join('\n')}\n`;
}

/** Eight hex digits that no other set of rules has; zero is what no connection is marked with. */
function generationOf(lines: readonly string[]): string {
  const digits = contentHash(lines.join('\n')).slice(0, 8);
  return digits === '00000000' ? '00000001' : digits;
}

/** Where each service that rules name is to be found: on which leg, at which address. */
function serviceSets(rules: FirewallRules, legs: readonly Leg[]): string[] {
  return servicesIn(rules).flatMap((service) =>
    ([4, 6] as const).map((family) => {
      const elements = legs.flatMap(({ id, neighbours }) =>
        neighbours
          .filter((neighbour) => neighbour.service === service)
          .flatMap((neighbour) => (family === 4 ? neighbour.ipv4 : neighbour.ipv6) ?? [])
          .flatMap((address) => lanes.map((lane) => `"${portNames.bridge(id, lane)}" . ${address}`)),
      );
      const list = elements.length > 0 ? ` elements = { ${elements.join(', ')} };` : '';
      return `  set ${setName(service, family)} { type ifname . ipv${family}_addr;${list} }`;
    }),
  );
}

/** A counter for each rule, and for each rule with a rate the set in which sources are counted. */
function declarations(direction: string, rules: readonly FirewallRule[] | 'allow'): string[] {
  if (rules === 'allow') return [`  counter ${direction}_allowed { }`];
  return rules.flatMap((rule, index) => [
    `  counter ${direction}_${index} { }`,
    ...(rule.rate ? rateDeclarations(`${direction}_${index}_rate`, rule.rate) : []),
  ]);
}

function rateDeclarations(name: string, { per }: NonNullable<FirewallRule['rate']>): string[] {
  return [
    `  counter ${name} { }`,
    ...([4, 6] as const).map(
      (family) =>
        `  set ${name}${family} { type ipv${family}_addr; size ${sourcesCounted}; flags dynamic,timeout; timeout ${remembered[per]}; }`,
    ),
  ];
}

function chain(
  direction: 'ingress' | 'egress',
  rules: readonly FirewallRule[] | 'allow',
  log: FirewallRules['log'],
  mark: string,
): string[] {
  const lines =
    rules === 'allow'
      ? acceptLines('', `${direction}_allowed`, mark)
      : [
          ...rules.flatMap((rule, index) => ruleLines(direction, rule, index, mark)),
          // Bounded, so that a flood of denied packets is no flood of messages.
          ...(log === 'denied'
            ? [`limit rate 20/second burst 40 packets log prefix "${direction}" group 1`]
            : []),
          `counter name ${direction}_denied drop`,
        ];
  return [`  chain ${direction} {`, ...lines.map((line) => `    ${line.trim()}`), '  }'];
}

function ruleLines(
  direction: 'ingress' | 'egress',
  rule: FirewallRule,
  index: number,
  mark: string,
): string[] {
  const name = `${direction}_${index}`;
  return rule.peers.flatMap((peer) =>
    familiesOf(peer).flatMap((family) => {
      const who = peerMatch(peer, family, direction);
      return portMatches(rule.ports, family).flatMap(({ all, first }) => {
        const match = [who, all].filter(Boolean).join(' ');
        const begins = [match, first].filter(Boolean).join(' ');
        return rule.rate
          ? ratedLines(match, begins, name, family, rule.rate, mark)
          : acceptLines(match, name, mark, begins);
      });
    }),
  );
}

/** A new connection counts for its rule; what was open already, and is let pass still, for what is established. */
function acceptLines(match: string, name: string, mark: string, begins = match): string[] {
  return [
    `${begins} ct state new ct mark set ${mark} counter name ${name} accept`,
    `${match} ct state established,related ct mark set ${mark} counter name established accept`,
  ];
}

/** Where there is no room to count a source, `update` matches nothing, and the source is not let in. */
function ratedLines(
  match: string,
  begins: string,
  name: string,
  family: 4 | 6,
  { count, per }: NonNullable<FirewallRule['rate']>,
  mark: string,
): string[] {
  const source = family === 4 ? 'ip saddr' : 'ip6 saddr';
  const within = `update @${name}_rate${family} { ${source} limit rate ${count}/${per} burst ${count} packets }`;
  return [
    `${begins} ct state new ${within} ct mark set ${mark} counter name ${name} accept`,
    `${begins} ct state new counter name ${name}_rate drop`,
    `${match} ct state established,related ct mark set ${mark} counter name established accept`,
  ];
}

function familiesOf(peer: Peer): readonly (4 | 6)[] {
  return peer.kind === 'cidr' ? [peer.family] : [4, 6];
}

/** What is said of the other end: of who began a connection that comes in, of whom one that goes out was for. */
function peerMatch(peer: Peer, family: 4 | 6, direction: 'ingress' | 'egress'): string {
  const end = `ct original ${family === 4 ? 'ip' : 'ip6'} ${direction === 'ingress' ? 'saddr' : 'daddr'}`;
  if (peer.kind === 'any') return `meta nfproto ipv${family}`;
  if (peer.kind === 'cidr') return `${end} ${peer.cidr}`;
  return `iifname . ${end} @${setName(peer.service, family)}`;
}

/** What belongs to a connection to these ports, and what in addition is true of its first packet. */
function portMatches(ports: readonly PortRange[], family: 4 | 6): { all: string; first?: string }[] {
  if (ports.length === 0) return [{ all: '' }];
  return ports.map(({ protocol, from, to }) => {
    if (protocol !== 'icmp')
      return {
        all: `meta l4proto ${protocol} ct original proto-dst ${from === to ? from : `${from}-${to}`}`,
      };
    return family === 4
      ? { all: 'meta l4proto icmp', first: 'icmp type echo-request' }
      : { all: 'meta l4proto icmpv6', first: 'icmpv6 type echo-request' };
  });
}

/** Names in nftables are letters, digits and underscores. */
function setName(service: string, family: 4 | 6): string {
  const plain = [...service]
    .map((c) => (/[a-z0-9]/i.test(c) ? c : `_${c.charCodeAt(0).toString(16)}_`))
    .join('');
  return `service${family}_${plain}`;
}
