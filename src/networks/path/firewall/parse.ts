import ipaddr from 'ipaddr.js';
import { didYouMean } from '../../../lib/did-you-mean.ts';
import type { Problem, Reading, Surroundings } from '../kind.ts';
import type { FirewallRule, FirewallRules, Peer, PortRange } from './rules.ts';

interface RawRule {
  readonly ports?: readonly string[];
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly rate?: string;
}

interface RawFirewall {
  readonly ingress?: 'allow' | 'deny' | readonly RawRule[];
  readonly egress?: 'allow' | 'deny' | readonly RawRule[];
  readonly log?: 'denied' | 'none';
}

/**
 * Turns what was written under `firewall` into rules. Without `ingress`, what the service publishes is open to all and
 * what it exposes to its neighbours; without `egress`, everything may go out.
 */
export function parseFirewall(
  raw: RawFirewall,
  { published, exposed, neighbours }: Surroundings,
): Reading<FirewallRules> {
  const offered: Offered = {
    published: published.map(({ port, protocol }) => ({ protocol, from: port, to: port })),
    exposed: exposed.flatMap((text) => parsePorts(text) ?? []),
    neighbours,
  };
  const problems: Problem[] = [];
  const direction = (key: 'ingress' | 'egress'): FirewallRule[] | 'allow' => {
    const written = raw[key];
    if (written === undefined) return key === 'ingress' ? offeredRules(offered) : 'allow';
    if (written === 'allow') return 'allow';
    if (written === 'deny') return [];
    return written.map((rule, index) => parseRule(rule, key, neighbours, [key, index], problems));
  };
  const settings = { ingress: direction('ingress'), egress: direction('egress'), log: raw.log ?? 'denied' };
  return { settings, problems };
}

/** What the service offers: the basis of `firewall: true`. */
interface Offered {
  readonly published: readonly PortRange[];
  readonly exposed: readonly PortRange[];
  readonly neighbours: readonly string[];
}

function offeredRules({ published, exposed, neighbours }: Offered): FirewallRule[] {
  const open: FirewallRule[] = published.length > 0 ? [{ ports: published, peers: [{ kind: 'any' }] }] : [];
  if (exposed.length === 0 || neighbours.length === 0) return open;
  const peers = neighbours.map((service): Peer => ({ kind: 'service', service }));
  return [...open, { ports: exposed, peers }];
}

function parseRule(
  rule: RawRule,
  direction: 'ingress' | 'egress',
  services: readonly string[],
  path: readonly (string | number)[],
  problems: Problem[],
): FirewallRule {
  const side = direction === 'ingress' ? 'from' : 'to';
  const wrong = direction === 'ingress' ? 'to' : 'from';
  if (rule[wrong])
    problems.push({ path: [...path, wrong], message: `an ${direction} rule says \`${side}\`` });
  const rate = rule.rate === undefined ? undefined : parseRate(rule.rate);
  if (rate === null) problems.push({ path: [...path, 'rate'], message: 'write it as "200/s per source"' });
  const ports = (rule.ports ?? []).flatMap((text, index) => {
    const range = parsePorts(text);
    if (!range)
      problems.push({
        path: [...path, 'ports', index],
        message: 'write it as 80/tcp, 8000-8010/tcp, 53/udp or icmp',
      });
    return range ?? [];
  });
  const peers = (rule[side] ?? ['any']).flatMap((text, index) => {
    const peer = parsePeer(text, services);
    if (!peer) {
      const message = `"${text}" is neither any, nor an address or network, nor a service on a common network`;
      const hint = didYouMean(text, ['any', ...services]);
      problems.push({ path: [...path, side, index], message, hint });
    }
    return peer ?? [];
  });
  return { ports, peers, ...(rate && { rate }) };
}

/** `80/tcp`, `8000-8010/udp`, `icmp`; without a protocol, tcp. */
function parsePorts(text: string): PortRange | undefined {
  if (text === 'icmp') return { protocol: 'icmp' };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(text);
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (from < 1 || to > 65_535 || from > to) return undefined;
  return { protocol: (match[3] ?? 'tcp') as PortRange['protocol'], from, to };
}

function parseRate(text: string): FirewallRule['rate'] | null {
  const match = /^(\d+)\s*\/\s*(s|sec|second|m|min|minute|h|hour)(?:\s+per\s+source)?$/.exec(text.trim());
  const count = Number(match?.[1]);
  if (!match || count < 1) return null;
  const unit = (match[2] ?? '')[0];
  return { count, per: unit === 's' ? 'second' : unit === 'm' ? 'minute' : 'hour' };
}

function parsePeer(text: string, services: readonly string[]): Peer | undefined {
  if (text === 'any') return { kind: 'any' };
  if (services.includes(text)) return { kind: 'service', service: text };
  const [address = '', prefix] = text.split('/');
  // `isValid` of the library also takes "10" for an address.
  if (!/[.:].*[.:]/.test(address) || !ipaddr.isValid(address)) return undefined;
  const family = ipaddr.parse(address).kind() === 'ipv4' ? 4 : 6;
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) return undefined;
  return { kind: 'cidr', family, cidr: `${address}/${bits}` };
}
