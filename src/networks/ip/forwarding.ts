import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';

const folder = '/proc/sys/net';

/**
 * Lets this host forward packets, which Docker and Podman do as well, and which a network without a way out does not need.
 * @throws HeddleError ERR_NETWORK
 */
export function allowForwarding(families: ReadonlySet<4 | 6>): void {
  try {
    if (families.has(4)) set(`${folder}/ipv4/ip_forward`, '1');
    if (families.has(6) && read(`${folder}/ipv6/conf/all/forwarding`) === '0') {
      keepAdvertisements();
      set(`${folder}/ipv6/conf/all/forwarding`, '1');
    }
  } catch (cause) {
    throw new HeddleError('ERR_NETWORK', `forwarding could not be allowed: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Lets what the host itself sends to its loopback leave through a bridge, so it reaches ports that are published there; and what is
 * led to the loopback come in from one, so questions for names reach who knows more.
 */
export function routeLoopback(bridge: string): void {
  set(`${folder}/ipv4/conf/${bridge}/route_localnet`, '1');
}

/** Whether it does still: a bridge that was deleted and made again does not. */
export function isLoopbackRouted(bridge: string): boolean {
  try {
    return read(`${folder}/ipv4/conf/${bridge}/route_localnet`) === '1';
  } catch {
    return false;
  }
}

/**
 * A host that forwards listens to no router any more, unless it is told to (accept_ra = 2, Documentation/networking/ip-sysctl):
 * its own way out would end when its last advertisement does.
 */
function keepAdvertisements(): void {
  for (const name of readdirSync(`${folder}/ipv6/conf`)) {
    const file = `${folder}/ipv6/conf/${name}/accept_ra`;
    if (name !== 'all' && read(file) === '1') set(file, '2');
  }
}

function set(file: string, value: string): void {
  if (read(file) !== value) writeFileSync(file, value);
}

function read(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
