import * as z from '../../../lib/zod.ts';
import type { FirewallRule, FirewallRules, Peer, PortRange } from '../../../networks/path/firewall/rules.ts';
import type { FirewallCounter } from '../contract.ts';

/** What `nft -j list counters` prints (libnftables-json(5)); only what Heddle reads. */
const listing = z.object({
  nftables: z.array(
    z.object({
      counter: z
        .object({ family: z.string(), name: z.string(), packets: z.number(), bytes: z.number() })
        .optional(),
    }),
  ),
});

type Reading = Pick<FirewallCounter, 'direction' | 'rule' | 'verdict' | 'packets' | 'bytes'>;

/** Counters of a ruleset in the words of the rules that they count for. */
export function readCounters(json: string, rules: FirewallRules): Reading[] {
  const { nftables } = listing.parse(JSON.parse(json));
  return nftables.flatMap(({ counter }) => {
    if (!counter) return [];
    return { ...meaning(counter.name, rules), packets: counter.packets, bytes: counter.bytes };
  });
}

/** Names are those that the ruleset declares: `ingress_0`, `ingress_0_rate`, `egress_denied`, `established` … */
function meaning(name: string, rules: FirewallRules): Pick<Reading, 'direction' | 'rule' | 'verdict'> {
  const match = /^(ingress|egress)_(\w+?)(_rate)?$/.exec(name);
  if (!match) {
    return { direction: 'both', rule: name, verdict: name === 'established' ? 'accept' : 'drop' };
  }
  const direction = match[1] as 'ingress' | 'egress';
  const which = match[2] ?? '';
  if (which === 'denied') return { direction, rule: 'denied', verdict: 'drop' };
  if (which === 'allowed') return { direction, rule: 'allow', verdict: 'accept' };
  const list = rules[direction];
  const rule = list === 'allow' ? undefined : list[Number(which)];
  const text = rule ? ruleText(rule, direction) : name;
  return match[3]
    ? { direction, rule: `${text}: over its rate`, verdict: 'drop' }
    : { direction, rule: text, verdict: 'accept' };
}

/** `80/tcp from any`, as short as it was written. */
export function ruleText(rule: FirewallRule, direction: 'ingress' | 'egress'): string {
  const ports = rule.ports.length > 0 ? rule.ports.map(portText).join(',') : 'all ports';
  const peers = rule.peers.map(peerText).join(',');
  return `${ports} ${direction === 'ingress' ? 'from' : 'to'} ${peers}`;
}

function portText({ protocol, from, to }: PortRange): string {
  if (from === undefined) return protocol;
  return `${from === to ? from : `${from}-${to}`}/${protocol}`;
}

function peerText(peer: Peer): string {
  if (peer.kind === 'any') return 'any';
  return peer.kind === 'service' ? peer.service : peer.cidr;
}
