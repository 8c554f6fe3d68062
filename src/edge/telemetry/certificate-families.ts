import type { Family } from '../../lib/metrics/family.ts';
import type { Validity } from '../model/validity.ts';

interface Figures {
  readonly certificates: readonly Validity[];
}

/** Certificates that are shown to clients and to the broker. */
export const certificateFamilies: readonly Family<Figures>[] = [
  time('heddle_edge_certificate_not_before_timestamp_seconds', 'When a certificate became good.', 'from'),
  time('heddle_edge_certificate_not_after_timestamp_seconds', 'When a certificate expires.', 'until'),
];

function time(name: string, help: string, which: 'from' | 'until'): Family<Figures> {
  return {
    name,
    type: 'gauge',
    help,
    values: ({ certificates }) =>
      soonest(certificates).map((one) => ({ labels: { name: one.name }, value: one[which] / 1000 })),
  };
}

/** Of several of one name, as for two kinds of keys, the one that expires first. */
function soonest(certificates: readonly Validity[]): Validity[] {
  const sorted = certificates.toSorted((a, b) => b.until - a.until);
  return [...new Map(sorted.map((one) => [one.name, one])).values()];
}
