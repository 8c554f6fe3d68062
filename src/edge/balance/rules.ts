import ipaddr from 'ipaddr.js';
import type { Balanced } from '../proxy/routes.ts';
import { maglev } from './maglev.ts';

/** As nftables calls them. */
export const families = ['ip', 'ip6'] as const;
export type Family = (typeof families)[number];

/** What the kernel is to do with connections to a gateway. */
export interface Rules {
  readonly gateways: Readonly<Record<Family, readonly string[]>>;
  /** By port: `udp-53-ip6`. */
  readonly ports: Readonly<Record<string, PortTable>>;
}

export interface PortTable {
  /** `<namespace>/<name>`, for those who read the rules. */
  readonly service: string;
  /** Where each hash value leads: `10.2.9.1 . 8080`, an address and a port as nftables writes them. */
  readonly entries: readonly string[];
}

/**
 * Hash values of a port. A prime. With 50 copies, another one changes 3 % of the entries besides its own share, with 5 of them
 * 1 %; and the kernel takes a whole table within 30 ms. The 65,537 of Maglev's authors would be 0.5 % and 370 ms.
 */
export const tableSize = 4093;

/** Gives the table for backends; the same as `maglev` gives. */
export type TableOf = (backends: readonly string[]) => readonly string[];

/** What is balanced under these addresses of a gateway. A port without a copy of a family is not there in that family. Pure. */
export function rulesOf(
  addresses: readonly string[],
  balanced: readonly Balanced[],
  tableOf: TableOf = (backends) => maglev(backends, tableSize),
): Rules {
  const gateways = { ip: inFamily(addresses, 'ip'), ip6: inFamily(addresses, 'ip6') };
  const ports: Record<string, PortTable> = {};
  for (const { service, protocol, port, servers } of balanced) {
    for (const family of families) {
      const entries = tableOf(backendsOf(servers, family));
      if (gateways[family].length > 0 && entries.length > 0)
        ports[`${protocol}-${port}-${family}`] = { service, entries };
    }
  }
  return { gateways, ports };
}

/** The active copies share the connections; without one of the family, the first spare one has them all. */
function backendsOf(servers: Balanced['servers'], family: Family): string[] {
  const own = servers.filter(({ address }) => familyOf(address) === family && isReachable(address));
  const active = own.filter(({ role }) => role === 'active');
  return (active.length > 0 ? active : own.slice(0, 1)).map(backendOf);
}

/** `10.2.9.1 . 8080` */
export function backendOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${normal(address)} . ${port}`;
}

/** Whether the kernel leads packets of others there: not to its loopback, nor by the name of an interface. */
function isReachable(address: string): boolean {
  return ipaddr.parse(address).range() !== 'loopback' && !address.includes('%');
}

function inFamily(addresses: readonly string[], family: Family): string[] {
  return [...new Set(addresses.filter((one) => familyOf(one) === family).map(normal))].sort();
}

function familyOf(address: string): Family {
  return ipaddr.parse(address).kind() === 'ipv6' ? 'ip6' : 'ip';
}

/** Of `udp-53-ip6`. */
export function partsOf(port: string): {
  readonly protocol: string;
  readonly number: string;
  readonly family: Family;
} {
  const [protocol = '', number = '', family] = port.split('-');
  return { protocol, number, family: family as Family };
}

/** As the kernel shows it: `fd00::1`. */
export function normal(address: string): string {
  return ipaddr.parse(address).toString();
}
