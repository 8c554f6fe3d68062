import { isIP } from 'node:net';
import { dnsmasqSubnets } from './dhcp.ts';
import { prefixOf } from './prefix.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

// Text for dnsmasq(8): one process a network, which answers for the names and addresses that endpoints have. Pure.

/** Where what one network's dnsmasq reads and writes is. */
export interface NameFiles {
  readonly folder: string;
  readonly config: string;
  readonly pid: string;
  /** Folders with a file an endpoint. They are read again at a SIGHUP, as `servers` is. */
  readonly hosts: string;
  readonly reservations: string;
  /** Who is asked for other names. */
  readonly servers: string;
  /** There while what is written has been read. */
  readonly read: string;
  readonly leases: string;
  /** A folder for each list of servers that endpoints want asked. */
  readonly resolvers: string;
}

export function nameFiles(folder: string): NameFiles {
  return {
    folder,
    config: `${folder}/dnsmasq.conf`,
    pid: `${folder}/dnsmasq.pid`,
    hosts: `${folder}/hosts`,
    reservations: `${folder}/reservations`,
    servers: `${folder}/servers`,
    read: `${folder}/read`,
    leases: `${folder}/leases`,
    resolvers: `${folder}/resolvers`,
  };
}

/**
 * Where the names of a network are for those of others, by what it is called: there as long as the network is. dnsmasq goes on without
 * a folder that is not there, and looks again at a SIGHUP.
 */
export function namesFolder(root: string, network: string): string {
  return `${root}/named/${network}`;
}

export function isServed({ options }: IpNetwork): boolean {
  return options.names || dnsmasqSubnets(options).length > 0;
}

export function configuration({ options, mtu }: IpNetwork, bridge: string, files: NameFiles): string {
  const subnets = dnsmasqSubnets(options);
  const hasDhcp = subnets.length > 0;
  return [
    `interface=${bridge}`,
    // An address that goes and comes again is the same to a socket that is bound to it. DHCP is bound to the interface, and has
    // to look at all of the host's each time that one changes: with many networks that is most of what they cost.
    // Who may ask it, the rules say (`ownNames`): bound to an address, it answers whoever reaches that.
    hasDhcp ? 'bind-dynamic' : 'bind-interfaces',
    'except-interface=lo',
    `pid-file=${files.pid}`,
    'user=nobody',
    'group=nogroup',
    'no-hosts',
    // Folders and a resolv.conf that it watches by itself take an instance of inotify(7): of these all programs of root have 128,
    // and would have none left.
    `addn-hosts=${files.hosts}`,
    'no-resolv',
    `servers-file=${files.servers}`,
    // Whoever asks sees at once who came and went.
    'local-ttl=0',
    'domain-needed',
    'bogus-priv',
    ...(options.names ? [] : ['port=0']),
    ...(hasDhcp ? dhcpLines(subnets, mtu, files) : []),
    '',
  ].join('\n');
}

function dhcpLines(subnets: ReturnType<typeof dnsmasqSubnets>, mtu: number, files: NameFiles): string[] {
  return [
    `dhcp-hostsfile=${files.reservations}`,
    `dhcp-leasefile=${files.leases}`,
    'dhcp-authoritative',
    `dhcp-option=option:mtu,${mtu}`,
    ...subnets.map(({ subnet }) => {
      const { family, length } = prefixOf(subnet);
      const [first = ''] = subnet.split('/');
      // `static`: only who has an endpoint gets an address.
      return family === 4
        ? `dhcp-range=${first},static,${netmaskOf(length)},1h`
        : `dhcp-range=${first},static,${length},1h`;
    }),
  ];
}

/**
 * Whom a network's names that are nobody's are asked of: nobody, of one that leads nowhere.
 * @param resolver the host's own, as resolv.conf(5) says it
 */
export function serverLines({ options }: IpNetwork, resolver: string): string {
  if (options.internal) return '';
  const words = resolver.split('\n').map((line) => line.trim().split(/\s+/));
  const servers = words.flatMap(([what, server = '']) =>
    what === 'nameserver' && isIP(server) !== 0 ? [server] : [],
  );
  return [...new Set(servers)].map((server) => `server=${server}\n`).join('');
}

/** A line for each of its addresses: all its names. */
export function hostLines({ name, options }: IpEndpoint): string {
  const names = [...new Set([name, ...options.aliases])].filter(isDnsName).join(' ');
  return names === '' ? '' : options.addresses.map((address) => `${address} ${names}\n`).join('');
}

export function reservation({ attachment, mac, name, options }: IpEndpoint): string {
  // Its own node answers it.
  if (attachment.kind === 'remote') return `${mac},ignore\n`;
  const addresses = options.addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
  return `${[mac, ...addresses, ...(isHostName(name) ? [name] : [])].join(',')}\n`;
}

/**
 * What it remembers of addresses that it gave, without what keeps those of an endpoint from it: somebody had them before. Of
 * IPv6 it does not remember by which MAC address.
 */
export function leasesFor({ mac, options }: Pick<IpEndpoint, 'mac' | 'options'>, leases: string): string {
  return leases
    .split('\n')
    .filter((line) => {
      const [, whose, address = ''] = line.split(' ');
      return address.includes(':') || whose === mac || !options.addresses.includes(address);
    })
    .join('\n');
}

function isDnsName(name: string): boolean {
  return /^[a-zA-Z0-9_.-]{1,253}$/.test(name);
}

/** RFC 1123, 2.1: what a client may be told to call itself. */
export function isHostName(name: string): boolean {
  return /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(name);
}

function netmaskOf(length: number): string {
  const bits = (0xffffffff << (32 - length)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
