import type { Distribution } from '../../lib/histogram.ts';
import { type Family, single } from '../../lib/metrics/family.ts';
import type { QueryCount } from '../dns/query-counts.ts';
import type { DnsStats } from '../dns/server.ts';

/** What the DNS server of a gateway counts. */
export interface DnsFigures {
  readonly stats: DnsStats;
  readonly queries: readonly QueryCount[];
  readonly answering: Distribution | undefined;
}

interface Figures {
  readonly dns: DnsFigures;
}

export const dnsFamilies: readonly Family<Figures>[] = [
  {
    name: 'heddle_edge_dns_queries_total',
    type: 'counter',
    help: 'DNS messages that came, by the type that was asked for; other: one without a name here, or no proper query.',
    values: ({ dns }) =>
      dns.queries.map(({ type, transport, count }) => ({ labels: { type, transport }, value: count })),
  },
  {
    name: 'heddle_edge_dns_answers_total',
    type: 'counter',
    help: 'DNS answers, by their code.',
    values: ({ dns }) =>
      Object.entries(dns.stats.answers).map(([rcode, value]) => ({ labels: { rcode }, value })),
  },
  single(
    'heddle_edge_dns_truncated_total',
    'counter',
    'DNS answers that were too long for UDP, or told a client over the rate limit to use TCP.',
    ({ dns }) => dns.stats.truncated,
  ),
  single(
    'heddle_edge_dns_limited_total',
    'counter',
    'DNS queries of networks over the rate limit: dropped, or told to use TCP.',
    ({ dns }) => dns.stats.limited,
  ),
  single(
    'heddle_edge_dns_dropped_total',
    'counter',
    'DNS messages that got no answer: over the rate limit, responses, and what is no message.',
    ({ dns }) => dns.stats.dropped,
  ),
  single(
    'heddle_edge_dns_unsent_total',
    'counter',
    'DNS answers that the system did not take.',
    ({ dns }) => dns.stats.unsent,
  ),
  single(
    'heddle_edge_dns_connections',
    'gauge',
    'Open connections for DNS over TCP.',
    ({ dns }) => dns.stats.connections,
  ),
  single(
    'heddle_edge_dns_connections_displaced_total',
    'counter',
    'Connections for DNS over TCP that made room for others: of a client that had too many, or most of all.',
    ({ dns }) => dns.stats.displaced,
  ),
  single('heddle_edge_dns_names', 'gauge', 'Names in the zone.', ({ dns }) => dns.stats.names),
  {
    name: 'heddle_edge_dns_answering_seconds',
    type: 'histogram',
    help: 'Time from reading a DNS query to handing its answer to the system.',
    distribution: ({ dns }) => dns.answering,
  },
];
