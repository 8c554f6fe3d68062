import { contentHash } from '../../lib/hash.ts';
import type { EndpointOptions } from './options.ts';

// A dnsmasq(8) that knows the names of a network, and of others that its endpoint's owner is on, and asks other servers than this
// host does where that is wanted. Endpoints ask their gateway as ever; the rules lead the questions of those that want it to an
// address of this host's loopback, where nobody else gets to. Pure.

/** Whom an endpoint has asked besides the name server of its network. */
export type Asked = Pick<EndpointOptions, 'dns' | 'namesOf'>;

/** Whether an endpoint asks one of these. */
export function hasResolver({ dns, namesOf }: Asked): boolean {
  return dns.length > 0 || namesOf.length > 0;
}

/** What one is called. */
export function resolverKey({ dns, namesOf }: Asked): string {
  return contentHash([...dns, ...namesOf.map((network) => `of ${network}`)].join(' ')).slice(0, 12);
}

/** Where it listens: an address for each network and what is asked, of the 16 million that a loopback has (RFC 1122, 3.2.1.3). */
export function resolverAddress(network: string, asked: Asked): string {
  const digest = contentHash(`${network} ${resolverKey(asked)}`);
  const [a = 0, b = 0, c = 0] = [0, 2, 4].map((at) => Number.parseInt(digest.slice(at, at + 2), 16));
  // Not 127.0.x.y, which programs choose, and no address that means all.
  return `127.${1 + (a % 254)}.${b}.${1 + (c % 254)}`;
}

/** Where one listens, by its configuration. */
export function listeningAddress(configuration: string): string | undefined {
  return /^listen-address=(.+)$/m.exec(configuration)?.[1];
}

/** Folders whose names one knows by its configuration. */
export function hostsOf(configuration: string): string[] {
  return [...configuration.matchAll(/^addn-hosts=(.+)$/gm)].flatMap(([, folder]) => folder ?? []);
}

/** Files and folders of one. */
export interface ResolverFiles {
  readonly pid: string;
  /** Folders with the names that it knows. */
  readonly hosts: readonly string[];
  /** Whom it asks when no servers are wanted: whom its network asks. */
  readonly servers: string;
}

export function resolverConfiguration(
  address: string,
  servers: readonly string[],
  files: ResolverFiles,
): string {
  return [
    `listen-address=${address}`,
    'bind-interfaces',
    `pid-file=${files.pid}`,
    'user=nobody',
    'group=nogroup',
    'no-hosts',
    ...files.hosts.map((folder) => `addn-hosts=${folder}`),
    'local-ttl=0',
    'domain-needed',
    'bogus-priv',
    // Not `strict-order`: with it, dnsmasq keeps to itself that the last of them refuses a question (2.89), and whoever asked waits.
    'no-resolv',
    ...(servers.length === 0
      ? [`servers-file=${files.servers}`]
      : servers.map((server) => `server=${server}`)),
    '',
  ].join('\n');
}
