import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ipBatch, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';

// A host answers on its bridge for those that its routes lead to (RFC 1027; RFC 4861, 7.2.8): endpoints take the subnet for one link.

interface Proxied {
  readonly dst: string;
  readonly proxy?: boolean | null;
}

/** Lets a bridge answer for others at once: the kernel would wait for most of a second, for one that answers for itself. */
export function allowProxy(bridge: string): void {
  set(`ipv4/neigh/${bridge}/proxy_delay`, '0');
  set(`ipv6/neigh/${bridge}/proxy_delay`, '0');
  set(`ipv6/conf/${bridge}/proxy_ndp`, '1');
}

/** Whether it does: one that was made anew does not. */
export function isProxyAllowed(bridge: string): boolean {
  const file = fileOf(`ipv4/neigh/${bridge}/proxy_delay`);
  return existsSync(file) && readFileSync(file, 'utf8').trim() === '0';
}

/** Makes this host answer on a bridge for just these. @throws HeddleError ERR_NETWORK */
export async function settleProxies(bridge: string, addresses: readonly string[]): Promise<void> {
  const there = await Promise.all(
    ['-4', '-6'].map((family) => ipJson<Proxied>(host, [family, 'neigh', 'show', 'proxy', 'dev', bridge])),
  );
  await ipBatch(
    host,
    proxyChanges(
      bridge,
      addresses,
      there.flat().map(({ dst }) => dst),
    ),
  );
}

/** Lines for `ip -batch`. Pure. */
export function proxyChanges(bridge: string, wanted: readonly string[], there: readonly string[]): string[] {
  const [want, have] = [new Set(wanted), new Set(there)];
  return [
    ...there.filter((one) => !want.has(one)).map((one) => `neigh del proxy ${one} dev ${bridge}`),
    ...wanted.filter((one) => !have.has(one)).map((one) => `neigh add proxy ${one} dev ${bridge}`),
  ];
}

function set(name: string, value: string): void {
  // Of a bridge that Heddle has named. A kernel without IPv6 has none of it.
  if (existsSync(fileOf(name))) writeFileSync(fileOf(name), value);
}

function fileOf(name: string): string {
  return `/proc/sys/net/${name}`;
}
