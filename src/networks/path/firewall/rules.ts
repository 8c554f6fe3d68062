/** What a firewall lets pass, in one checked form. Whatever no rule accepts is denied. */
export interface FirewallRules {
  readonly ingress: readonly FirewallRule[] | 'allow';
  readonly egress: readonly FirewallRule[] | 'allow';
  readonly log: 'denied' | 'none';
}

/** Accepts new connections of these peers to these ports. What belongs to an accepted connection always passes. */
export interface FirewallRule {
  /** Empty: every port of every protocol. */
  readonly ports: readonly PortRange[];
  readonly peers: readonly Peer[];
  /** New connections from one source address; more are dropped. */
  readonly rate?: { readonly count: number; readonly per: 'second' | 'minute' | 'hour' };
}

export interface PortRange {
  readonly protocol: 'tcp' | 'udp' | 'sctp' | 'icmp';
  /** Absent for icmp. */
  readonly from?: number;
  readonly to?: number;
}

export type Peer =
  | { readonly kind: 'any' }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'cidr'; readonly family: 4 | 6; readonly cidr: string };

/** The services whose addresses the rules name. */
export function servicesIn(rules: FirewallRules): string[] {
  const all = [rules.ingress, rules.egress].flatMap((list) => (list === 'allow' ? [] : list));
  const services = all.flatMap((rule) =>
    rule.peers.flatMap((peer) => (peer.kind === 'service' ? [peer.service] : [])),
  );
  return [...new Set(services)].sort();
}

/** The addresses and networks that the rules name. */
export function cidrsIn(rules: FirewallRules): string[] {
  const all = [rules.ingress, rules.egress].flatMap((list) => (list === 'allow' ? [] : list));
  return [
    ...new Set(
      all.flatMap(({ peers }) => peers.flatMap((peer) => (peer.kind === 'cidr' ? [peer.cidr] : []))),
    ),
  ];
}
