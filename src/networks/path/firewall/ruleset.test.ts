import { describe, expect, test } from 'vitest';
import type { Leg } from '../leg.ts';
import type { FirewallRule, FirewallRules } from './rules.ts';
import { renderRuleset } from './ruleset.ts';

const web = { service: 'web', mac: '02:00:00:00:00:0b', ipv4: '10.9.0.11', ipv6: 'fd09::b' };
const leg: Leg = {
  id: 2,
  network: 'shop_default',
  mac: '02:00:00:00:00:0a',
  ipv4: ['10.9.0.10'],
  ipv6: ['fd09::a'],
  gateway: { mac: '02:00:00:00:00:01', ipv4: ['10.9.0.1/24'], ipv6: ['fd09::1/64'] },
  neighbours: [web],
};
const fromWeb: FirewallRule = {
  ports: [{ protocol: 'tcp', from: 3306, to: 3306 }],
  peers: [{ kind: 'service', service: 'web' }],
};
const rulesOf = (ingress: FirewallRules['ingress']): FirewallRules => ({ ingress, egress: [], log: 'none' });
const linesOf = (rules: FirewallRules, legs: readonly Leg[] = [leg]) =>
  renderRuleset(rules, legs, 'd')
    .split('\n')
    .map((line) => line.trim());
const markOf = (rules: FirewallRules, legs?: readonly Leg[]) =>
  /ct mark (0x\w+) counter name established accept/.exec(linesOf(rules, legs).join('\n'))?.[1];

describe('the rules of a firewall', () => {
  test('let in who is named where it is, and mark what they let in', () => {
    const lines = linesOf(rulesOf([fromWeb]));
    const mark = markOf(rulesOf([fromWeb]));
    expect(lines).toContain(
      'set service4_web { type ifname . ipv4_addr; elements = { "w-2" . 10.9.0.11, "w-2.1" . 10.9.0.11 }; }',
    );
    expect(lines).toContain(
      `iifname . ct original ip saddr @service4_web meta l4proto tcp ct original proto-dst 3306 ct state new ct mark set ${mark} counter name ingress_0 accept`,
    );
  });

  test('have another mark when anything of them changes: what was open is judged anew', () => {
    const marks = [
      markOf(rulesOf([fromWeb])),
      markOf(rulesOf([])),
      markOf(rulesOf('allow')),
      markOf(rulesOf([fromWeb]), [{ ...leg, neighbours: [] }]),
      markOf(rulesOf([fromWeb]), [{ ...leg, neighbours: [{ ...web, ipv4: '10.9.0.12' }] }]),
    ];
    expect(new Set(marks).size).toBe(marks.length);
    expect(markOf(rulesOf([fromWeb]))).toBe(marks[0]);
  });

  test.each([
    ['second', '1m'],
    ['minute', '2m'],
    ['hour', '2h'],
  ] as const)(
    'counts a source for as long as its rate lasts, and lets nobody in for whom there is no room: 3 a %s',
    (per, kept) => {
      const lines = linesOf(rulesOf([{ ports: [], peers: [{ kind: 'any' }], rate: { count: 3, per } }]));
      expect(lines).toContain(
        `set ingress_0_rate4 { type ipv4_addr; size 131072; flags dynamic,timeout; timeout ${kept}; }`,
      );
      const accepts = lines.findIndex((line) => line.includes(`limit rate 3/${per} burst 3 packets`));
      expect(lines[accepts]).toMatch(
        /ct state new update @ingress_0_rate4 \{.*\} ct mark set \w+ counter name ingress_0 accept$/,
      );
      // An update that does not fit, or is over the rate, matches nothing: the next rule drops what it was about.
      expect(lines[accepts + 1]).toBe('meta nfproto ipv4 ct state new counter name ingress_0_rate drop');
    },
  );

  test('pass nothing at a port that they do not know', () => {
    const lines = linesOf(rulesOf([fromWeb]), []);
    expect(lines).toContain('type filter hook prerouting priority -300; policy drop;');
    expect(lines.some((line) => line.includes('vmap'))).toBe(false);
  });

  test('hold no text that comes from outside but addresses', () => {
    const odd = { ...fromWeb, peers: [{ kind: 'service' as const, service: 'a"b;#' }] };
    const neighbours = [{ ...web, service: 'a"b;#' }];
    expect(linesOf(rulesOf([odd]), [{ ...leg, neighbours }]).join('\n')).not.toMatch(/a"b|;#/);
  });
});
