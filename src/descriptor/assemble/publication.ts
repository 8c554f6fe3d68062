import { isLabel } from '../../lib/dns-label.ts';
import type { Publication, PublishedPort } from '../application.ts';
import { parseRange } from '../forms/ports.ts';
import { keyAt, label, type ServiceJob } from './context.ts';

const path = ['x-heddle', 'edge'];

/** How the service is published at the edge; nothing when its owner does not say that it is. */
export function toPublication(job: ServiceJob): Publication | undefined {
  const written = job.compose['x-heddle']?.edge;
  if (!written) return undefined;
  const { as, namespace = job.assembly.name, ports, ...reach } = written;
  const name = as ?? job.name;
  if (!isLabel(name)) problem(job, `"${name}" is no DNS label`, 'give it another name: `as: NAME`');
  if (!isLabel(namespace))
    problem(
      job,
      `the project's name "${namespace}" is no DNS label`,
      'name another namespace: `namespace: NAME`',
    );
  const mode = job.compose.network_mode ?? '';
  if (mode === 'none' || mode.startsWith('container:'))
    problem(job, `with "network_mode: ${mode}" nobody finds an address of it`);
  const all = ports ? portsOf(ports) : ownPorts(job);
  if (!ports && all.length === 0)
    problem(
      job,
      'the service says no port that clients would use',
      'name one: `ports: { http: { port: 80 } }`',
    );
  return { name, namespace, explicit: as !== undefined, ports: all, ...reach };
}

type WrittenPorts = Readonly<
  Record<string, Omit<PublishedPort, 'name' | 'target'> & { target?: number | undefined }>
>;

function portsOf(ports: WrittenPorts): PublishedPort[] {
  return Object.entries(ports).map(([name, port]) => ({ name, ...port, target: port.target ?? port.port }));
}

/** What the service says of its ports in Compose's own words: `ports`, else `expose`. A port without a name is `tcp-80`. */
function ownPorts({ compose }: ServiceJob): PublishedPort[] {
  const written = (compose.ports ?? []).map(({ target, protocol = 'tcp', name, app_protocol }) => ({
    target,
    protocol,
    name,
    application: app_protocol,
  }));
  const found = written.length > 0 ? written : (compose.expose ?? []).flatMap(exposed);
  const ports = found.flatMap(({ target, protocol, name, application }): PublishedPort[] => {
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    const known = name !== undefined && isLabel(name) ? name : `${protocol}-${target}`;
    const isHttp = application?.toLowerCase() === 'http';
    return [{ name: known, port: target, target, protocol, application: isHttp ? 'http' : 'stream' }];
  });
  // One that is published at several addresses is one port.
  return [...new Map(ports.map((port) => [`${port.target}/${port.protocol}`, port])).values()];
}

/** `80`, `53/udp`, `8000-8010`. */
function exposed(text: string) {
  const [numbers = '', protocol = 'tcp'] = text.split('/');
  const range = parseRange(numbers);
  if (!range) return [];
  return Array.from({ length: range.last - range.first + 1 }, (_, i) => ({
    target: range.first + i,
    protocol: protocol.toLowerCase(),
    name: undefined,
    application: undefined,
  }));
}

function problem(job: ServiceJob, message: string, hint?: string): void {
  job.assembly.shop.findings.error(
    'ERR_COMPOSE_CONFLICT',
    `${label(job, path)}: ${message}`,
    keyAt(job, path),
    hint,
  );
}
