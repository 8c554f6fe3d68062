import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestHost } from '../../test/support/host.ts';

export const resolverAddress = '127.84.1.2';

/** Starts an unbound that asks a gateway about the domain, as docs/howto/edge-resolvers.md says, and keeps answers as long as it may. */
export function startResolver(host: TestHost, domain: string, gateway: string): void {
  const file = path.join(host.folder, 'unbound.conf');
  const server = [
    `interface: ${resolverAddress}@53`,
    'access-control: 127.0.0.0/8 allow',
    'do-daemonize: no',
    'username: ""',
    'chroot: ""',
    `directory: "${host.folder}"`,
    'pidfile: ""',
    'use-syslog: no',
    'do-not-query-localhost: no',
    `domain-insecure: "${domain}"`,
    `local-zone: "${domain}." nodefault`,
  ];
  const zone = ['stub-zone:', `  name: "${domain}"`, `  stub-addr: ${gateway}@53`, ''];
  writeFileSync(file, ['server:', ...server.map((line) => `  ${line}`), ...zone].join('\n'));
  host.launch('unbound', ['-d', '-c', file]);
}
