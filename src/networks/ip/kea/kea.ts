import { keaSubnet } from '../dhcp.ts';
import { isHostName } from '../dnsmasq.ts';
import type { IpEndpoint, IpNetwork } from '../settle.ts';

// Text for kea-dhcp4(8), and what a network has of it: one process a network, in a network namespace of its own. Pure.

/** What its interface is called in there. */
export const inside = 'eth0';

/** Where what one network's kea reads and writes is: the folder stands in for the host's root, as far as kea sees. */
export interface KeaFiles {
  readonly folder: string;
  readonly config: string;
  readonly pid: string;
  /** What it says before it has a log. */
  readonly said: string;
  /** A file an endpoint. */
  readonly reservations: string;
  /** There while what is written has been read. */
  readonly read: string;
}

/** Paths in there that Debian's AppArmor profile allows it. */
export const seen = {
  config: '/etc/kea/kea-dhcp4.conf',
  pid: '/run/kea/kea-dhcp4.kea-dhcp4.pid',
  socket: '/run/kea/kea4-ctrl-socket',
  log: '/var/log/kea/kea-dhcp4.log',
  locks: '/run/lock/kea',
} as const;

export function keaFiles(folder: string): KeaFiles {
  return {
    folder,
    config: `${folder}${seen.config}`,
    pid: `${folder}${seen.pid}`,
    said: `${folder}/said`,
    reservations: `${folder}/reservations`,
    read: `${folder}/read`,
  };
}

export interface Reservation {
  readonly 'hw-address': string;
  readonly 'ip-address': string;
  readonly hostname?: string;
}

/** What an endpoint gets; nothing, when it is another node's, which answers it. */
export function keaReservation(
  { attachment, mac, name, options }: IpEndpoint,
  network: IpNetwork,
): Reservation | undefined {
  const address = options.addresses[keaSubnet(network.options) ?? -1];
  if (address === undefined || attachment.kind === 'remote' || attachment.kind === 'node') return undefined;
  return { 'hw-address': mac, 'ip-address': address, ...(isHostName(name) && { hostname: name }) };
}

/** Seconds. Kea is not at the address that clients ask in between for their lease to go on: they are to ask all soon after. */
const lease = { 'valid-lifetime': 3600, 'renew-timer': 1800, 'rebind-timer': 1801 };

/** @param reservations in an order that stays: of two with one MAC address the first counts, as kea takes only one */
export function keaConfiguration(
  { mtu, options }: IpNetwork,
  reservations: readonly Reservation[],
): string | undefined {
  const { subnet, gateway } = options.subnets[keaSubnet(options) ?? -1] ?? {};
  if (subnet === undefined || gateway === undefined) return undefined;
  const only = new Map<string, Reservation>();
  for (const one of reservations) if (!only.has(one['hw-address'])) only.set(one['hw-address'], one);
  const dhcp4 = {
    // In its namespace there is one interface, which comes after it.
    'interfaces-config': { interfaces: ['*'], 'dhcp-socket-type': 'raw' },
    'control-socket': { 'socket-type': 'unix', 'socket-name': seen.socket },
    // Who has which address Heddle knows. What kea remembered besides would keep an address from who has it next.
    'lease-database': { type: 'memfile', persist: false },
    ...lease,
    authoritative: true,
    // A client has one address, whatever it calls itself.
    'match-client-id': false,
    'host-reservation-identifiers': ['hw-address'],
    // Who is no endpoint here, is another node's perhaps: it hears nothing, not even a refusal.
    'client-classes': [{ name: 'DROP', test: "not member('KNOWN')" }],
    // Anybody can say in another's name that its address is taken.
    'decline-probation-period': 1,
    'ddns-send-updates': false,
    subnet4: [
      {
        id: 1,
        subnet,
        'option-data': [
          ...(options.internal ? [] : [{ name: 'routers', data: gateway }]),
          ...(options.names ? [{ name: 'domain-name-servers', data: gateway }] : []),
          { name: 'interface-mtu', data: String(mtu) },
        ],
        // No pools: only who has an endpoint gets an address.
        reservations: [...only.values()],
      },
    ],
    loggers: [
      {
        name: 'kea-dhcp4',
        severity: 'WARN',
        output_options: [{ output: seen.log, maxsize: 1_000_000, maxver: 1 }],
      },
    ],
  };
  return `${JSON.stringify({ Dhcp4: dhcp4 }, undefined, 1)}\n`;
}
