import { type Family, single, type Value } from '../../lib/metrics/family.ts';
import type { BackendFigures, ProxyFigures } from '../proxy/figures.ts';

interface Figures {
  /** Nothing without a proxy, or with one that cannot tell. */
  readonly proxy: ProxyFigures | undefined;
}

export const proxyFamilies: readonly Family<Figures>[] = [
  single('heddle_edge_proxy_up', 'gauge', '1 when HAProxy told what it counts.', ({ proxy }) => proxy?.isUp),
  counted(
    'heddle_edge_proxy_connections',
    'gauge',
    'Open connections of a service, over HTTP requests under way.',
    (one) => one.connections,
  ),
  counted(
    'heddle_edge_proxy_connections_total',
    'counter',
    'Connections that a service got, over HTTP requests.',
    (one) => one.sessions,
  ),
  counted(
    'heddle_edge_proxy_requests_total',
    'counter',
    'HTTP requests that a service got.',
    (one) => one.requests,
  ),
  counted(
    'heddle_edge_proxy_received_bytes_total',
    'counter',
    'Bytes from the clients of a service.',
    (one) => one.received,
  ),
  counted(
    'heddle_edge_proxy_sent_bytes_total',
    'counter',
    'Bytes to the clients of a service.',
    (one) => one.sent,
  ),
  {
    name: 'heddle_edge_proxy_errors_total',
    type: 'counter',
    help: 'What went wrong: a copy could not be connected to (connect), its answer broke off (response), or the answer was 500 or more (status).',
    values: ({ proxy }) =>
      (['connect', 'response', 'status'] as const).flatMap((kind) =>
        byService(proxy, (one) => one.errors[kind]).map(({ labels, value }) => ({
          labels: { ...labels, kind },
          value,
        })),
      ),
  },
];

function counted(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  figure: (one: BackendFigures) => number,
): Family<Figures> {
  return { name, type, help, values: ({ proxy }) => byService(proxy, figure) };
}

/** A service has a backend for each port, and for the copies at this site; `help` is none. */
function byService(proxy: ProxyFigures | undefined, figure: (one: BackendFigures) => number): Value[] {
  const sums = new Map<string, number>();
  for (const one of proxy?.backends ?? []) {
    const [namespace, name] = one.name.split('.');
    if (name === undefined) continue;
    const service = `${namespace}/${name}`;
    sums.set(service, (sums.get(service) ?? 0) + figure(one));
  }
  return [...sums].map(([service, value]) => ({ labels: { service }, value }));
}
