import type { FlowEnd } from '../flows/record.ts';

/** What one rule of one replica's firewall has seen since its rules were loaded. */
export interface FirewallCounter {
  readonly service: string;
  readonly pod: string;
  readonly direction: 'ingress' | 'egress' | 'both';
  /** The rule as it was written, or `denied`, `established`, `spoofed` … */
  readonly rule: string;
  readonly verdict: 'accept' | 'drop';
  readonly packets: number;
  readonly bytes: number;
}

/** A packet that was denied and logged. */
export interface Denial {
  /** RFC 3339. */
  readonly time: string;
  readonly service: string;
  readonly pod: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: string;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
}

export interface FirewallReport {
  readonly counters: readonly FirewallCounter[];
  /** The newest last. */
  readonly denied: readonly Denial[];
}

/** A rule that would let pass what was seen. Stable. */
export interface RuleSuggestion {
  /** `80/tcp`, `icmp`. */
  readonly ports: readonly string[];
  /** Services, addresses, or `any`. */
  readonly peers: readonly string[];
  /** How often it was seen, and when last (RFC 3339). */
  readonly flows: number;
  readonly last: string;
}

export interface Suggestion {
  readonly service: string;
  readonly ingress: readonly RuleSuggestion[];
  readonly egress: readonly RuleSuggestion[];
}
