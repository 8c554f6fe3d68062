import { type Contract, ofProject, serviceNames } from '../../api/contract.ts';
import { integer, type Of, optional, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { flowEnd } from '../../monitor/addresses/end.ts';

const firewallCounter = record(
  'FirewallCounter',
  'What one rule of one replica’s firewall has seen since its rules were loaded.',
  {
    service: text,
    pod: text,
    chain: text.describe('The chain that it stands in; empty for one of the service itself.'),
    direction: z.enum(['ingress', 'egress', 'both']),
    rule: text.describe('The rule as it was written, or `denied`, `established`, `spoofed` …'),
    verdict: z.enum(['accept', 'drop']),
    packets: integer,
    bytes: integer,
  },
);
export type FirewallCounter = Of<typeof firewallCounter>;

const denial = record('Denial', 'A packet that was denied and logged.', {
  time: time.describe('RFC 3339.'),
  service: text,
  pod: text,
  chain: text.describe('The chain that it stands in; empty for one of the service itself.'),
  direction: z.enum(['ingress', 'egress']),
  protocol: text,
  source: flowEnd,
  destination: flowEnd,
});
export type Denial = Of<typeof denial>;

const firewallReport = record('FirewallReport', '', {
  counters: z.array(firewallCounter),
  denied: z.array(denial).describe('The newest last.'),
});
export type FirewallReport = Of<typeof firewallReport>;

const ruleSuggestion = record('RuleSuggestion', 'A rule that would let pass what was seen. Stable.', {
  ports: z.array(text).describe('`80/tcp`, `icmp`.'),
  peers: z.array(text).describe('Services, addresses, or `any`.'),
  flows: integer.describe('How often it was seen, and when last (RFC 3339).'),
  last: time,
});
export type RuleSuggestion = Of<typeof ruleSuggestion>;

const suggestion = record('Suggestion', '', {
  service: text,
  ingress: z.array(ruleSuggestion),
  egress: z.array(ruleSuggestion),
});
export type Suggestion = Of<typeof suggestion>;

const query = z.strictObject({
  services: optional(serviceNames),
  since: optional(integer).describe('Milliseconds since 1970.'),
});

export const firewallContract = {
  route: 'GET /v1/applications/:project/firewall',
  summary: 'What firewalls counted and denied',
  params: ofProject,
  query,
  answer: firewallReport,
} as const satisfies Contract;

export const suggestionsContract = {
  route: 'GET /v1/applications/:project/firewall/suggestions',
  summary: 'The tightest rules that the flows seen allow',
  params: ofProject,
  query,
  answer: z.array(suggestion),
} as const satisfies Contract;
