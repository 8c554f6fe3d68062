import { isName } from '../../lib/names.ts';
import type { Attachment, Port, Service } from '../application.ts';
import { parseRange } from '../forms/ports.ts';
import { keyAt, label, type ServiceJob } from './context.ts';
import { present } from './present.ts';

export function toNetworkMode(job: ServiceJob): Service['networkMode'] {
  const written = job.compose.network_mode ?? (isOnHost(job) ? 'host' : undefined);
  if (written === undefined || written === '' || written === 'bridge' || written === 'default')
    return 'bridge';
  if (written === 'none' || written === 'host') return written;
  const [, kind, name] = /^(service|container):(.+)$/.exec(written) ?? [];
  if (kind === 'service' && name) return { service: name };
  if (kind === 'container' && name && isName('container', name)) return { container: name };
  job.assembly.shop.findings.error(
    'ERR_COMPOSE_TYPE',
    `${label(job, ['network_mode'])}: "${written}" is not a network mode`,
    keyAt(job, ['network_mode']),
    'write none, host, bridge, service:NAME or container:NAME',
  );
  return 'bridge';
}

/** Whether it is on a network that is the host’s own: on no other, then, since there it has no interface of its own. */
function isOnHost({ name, compose, assembly }: ServiceJob): boolean {
  const keys = Object.keys(compose.networks ?? {});
  const own = keys.filter((key) => assembly.file.networks?.[key]?.['x-heddle']?.archetype === 'host');
  const [key] = own;
  if (key === undefined) return false;
  if (keys.length > 1)
    assembly.shop.findings.error(
      'ERR_COMPOSE_CONFLICT',
      `${label({ name, compose, assembly }, ['networks', key])}: who is on the host’s own network is on no other`,
      keyAt({ name, compose, assembly }, ['networks', key]),
      'remove it, or the others',
    );
  return true;
}

export function toAttachments({ compose }: ServiceJob): Record<string, Attachment> {
  const entries = Object.entries(compose.networks ?? {}).map(([network, written]): [string, Attachment] => [
    network,
    present({
      aliases: written?.aliases ?? [],
      ipv4: written?.ipv4_address,
      ipv6: written?.ipv6_address,
      linkLocal: written?.link_local_ips ?? [],
      mac: written?.mac_address,
      priority: written?.priority ?? 0,
    }),
  ]);
  const mac = compose.mac_address;
  // The address of the service is that on its main network: of the highest priority the first by name.
  const [main] = [...entries].sort(([a, x], [b, y]) => y.priority - x.priority || (a < b ? -1 : 1));
  if (mac !== undefined && main) main[1] = { mac, ...main[1] };
  return Object.fromEntries(entries);
}

export function toPorts(job: ServiceJob): Port[] {
  const { findings } = job.assembly.shop;
  return (job.compose.ports ?? []).map((port, i): Port => {
    const range = port.published ? parseRange(port.published) : undefined;
    if (port.published && port.published !== '0' && !range) {
      findings.error(
        'ERR_COMPOSE_TYPE',
        `${label(job, ['ports', i])}: "${port.published}" is not a port from 1 to 65535 or a range`,
        keyAt(job, ['ports', i, 'published']),
      );
    }
    return present({
      target: port.target,
      published: range?.first,
      publishedEnd: range && range.last > range.first ? range.last : undefined,
      hostIp: port.host_ip || undefined,
      protocol: port.protocol ?? 'tcp',
    });
  });
}
