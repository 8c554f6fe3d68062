import type { Port, Service } from '../application.ts';
import { formatPath, locateKey, type Path } from '../tree.ts';
import type { Assembly } from './context.ts';

/** What belongs to a network of the service's own, whose keeper bears it. */
const ofOwnNetwork = [
  'hostname',
  'domainname',
  'extra_hosts',
  'dns',
  'dns_search',
  'dns_opt',
  'sysctls',
] as const;

/** Reports settings that cannot hold together, within a service and between services. */
export function checkConflicts(services: Readonly<Record<string, Service>>, assembly: Assembly): void {
  const names = new Map<string, string>();
  const published = new Map<string, string>();
  for (const service of Object.values(services)) {
    checkService(service, assembly);
    claim(names, service.containerName, service, ['container_name'], 'the container name', assembly);
    for (const [i, port] of service.ports.entries()) {
      claim(published, portKey(port), service, ['ports', i], 'the host port', assembly);
    }
  }
}

function checkService(service: Service, assembly: Assembly): void {
  const compose = assembly.file.services?.[service.name];
  const conflict = (path: Path, message: string, hint?: string): void => {
    const full = ['services', service.name, ...path];
    const text = `${formatPath(full)}: ${message}`;
    assembly.shop.findings.error('ERR_COMPOSE_CONFLICT', text, locateKey(assembly.tree, full), hint);
  };
  const mode = compose?.network_mode;
  if (mode && Object.keys(compose?.networks ?? {}).length > 0) {
    conflict(['network_mode'], '"network_mode" and "networks" exclude each other');
  }
  if (service.containerName !== undefined && service.replicas > 1) {
    conflict(
      ['container_name'],
      `${service.replicas} replicas cannot have one name`,
      'remove "container_name"',
    );
  }
  if (service.networkMode !== 'bridge' && service.ports.length > 0) {
    conflict(
      ['ports'],
      `with "${modeText(mode)}" a service has no network of its own to publish ports from`,
      service.networkMode === 'host' ? 'its ports are those of the host; remove "ports"' : undefined,
    );
  }
  if (service.networkMode !== 'bridge' && service.networkMode !== 'none') warnOfIgnored(service, assembly);
}

/** As the file says it: without a mode, the network itself is the host’s. */
function modeText(mode: string | undefined): string {
  return mode === undefined ? 'archetype: host' : `network_mode: ${mode}`;
}

/** A service in a network that is not its own has that one's names, hosts, name servers and kernel parameters. */
function warnOfIgnored(service: Service, assembly: Assembly): void {
  const compose = assembly.file.services?.[service.name];
  for (const key of ofOwnNetwork) {
    const value = compose?.[key];
    if (value === undefined || value === null || Object.keys(value).length === 0) continue;
    const full = ['services', service.name, key];
    const message = `${formatPath(full)} is ignored: with "${modeText(compose?.network_mode)}" a service has no network of its own`;
    assembly.shop.findings.warn('WARN_COMPOSE_IGNORED', message, locateKey(assembly.tree, full));
  }
}

/** What two services cannot both have. Ranges are left to the engine, which takes a free port. */
function claim(
  taken: Map<string, string>,
  key: string | undefined,
  service: Service,
  path: Path,
  what: string,
  assembly: Assembly,
): void {
  if (key === undefined) return;
  const holder = taken.get(key);
  if (holder === undefined) {
    taken.set(key, service.name);
    return;
  }
  const full = ['services', service.name, ...path];
  const who = holder === service.name ? 'this service' : `the service "${holder}"`;
  const message = `${formatPath(full)}: ${who} has ${what} ${key} already`;
  assembly.shop.findings.error('ERR_COMPOSE_CONFLICT', message, locateKey(assembly.tree, full));
}

function portKey(port: Port): string | undefined {
  if (port.published === undefined || port.publishedEnd !== undefined) return undefined;
  return `${port.hostIp ? `${port.hostIp}:` : ''}${port.published}/${port.protocol}`;
}
