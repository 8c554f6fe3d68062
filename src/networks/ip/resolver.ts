import { contentHash } from '../../lib/hash.ts';

// A dnsmasq(8) that knows the names of a network, and asks others for all else than this host does. Endpoints ask their gateway as
// ever; the rules lead the questions of those that want it to an address of this host's loopback, where nobody else gets to. Pure.

/** What a list of servers is called. */
export function resolverKey(servers: readonly string[]): string {
  return contentHash(servers.join(' ')).slice(0, 12);
}

/** Where it listens: an address for each network and list, of the 16 million that a loopback has (RFC 1122, 3.2.1.3). */
export function resolverAddress(network: string, servers: readonly string[]): string {
  const digest = contentHash(`${network} ${resolverKey(servers)}`);
  const [a = 0, b = 0, c = 0] = [0, 2, 4].map((at) => Number.parseInt(digest.slice(at, at + 2), 16));
  // Not 127.0.x.y, which programs choose, and no address that means all.
  return `127.${1 + (a % 254)}.${b}.${1 + (c % 254)}`;
}

/** Where one listens, by its configuration. */
export function listeningAddress(configuration: string): string | undefined {
  return /^listen-address=(.+)$/m.exec(configuration)?.[1];
}

export function resolverConfiguration(
  address: string,
  servers: readonly string[],
  pidFile: string,
  hosts: string,
): string {
  return [
    `listen-address=${address}`,
    'bind-interfaces',
    `pid-file=${pidFile}`,
    'user=nobody',
    'group=nogroup',
    'no-hosts',
    `addn-hosts=${hosts}`,
    'local-ttl=0',
    'domain-needed',
    'bogus-priv',
    // Not `strict-order`: with it, dnsmasq keeps to itself that the last of them refuses a question (2.89), and whoever asked waits.
    'no-resolv',
    ...servers.map((server) => `server=${server}`),
    '',
  ].join('\n');
}
