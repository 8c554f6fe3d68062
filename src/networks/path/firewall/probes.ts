import type { Probe } from '../../../descriptor/chain.ts';
import type { FirewallRules } from './rules.ts';

/** What rules let pass that a probe can be; none: all, or nothing of that kind. */
export function probesOf(rules: FirewallRules['ingress']): Probe[] {
  if (rules === 'allow' || rules.some(({ ports }) => ports.length === 0)) return [];
  return rules.flatMap(({ ports }) =>
    ports.flatMap(({ protocol, from }): Probe[] => {
      if (protocol === 'icmp') return [{ protocol }];
      return protocol === 'sctp' || from === undefined ? [] : [{ protocol, port: from }];
    }),
  );
}
