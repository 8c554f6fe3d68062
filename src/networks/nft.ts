import { HeddleError } from '../lib/errors.ts';
import { inNamespace, type Namespace } from './ip.ts';

const hints = [
  {
    of: /nft.*(ENOENT|not found|No such file)/,
    hint: 'Heddle needs nftables (apt-get install nftables): it keeps neighbours from speaking as each other',
  },
  {
    of: /Operation not supported/,
    hint: 'the kernel cannot do what the rules say: networks of IP need Linux 5.19 or newer; `heddle doctor` tries it',
  },
];

/**
 * Carries out a text of nft(8) in a namespace, whole or not at all.
 * @throws HeddleError ERR_NETWORK
 */
export async function nft(namespace: Namespace, text: string): Promise<void> {
  await asking(() => inNamespace(namespace, ['nft', '-f', '-'], text));
}

/** What `nft -j list …` prints, without its frame: objects such as `{ chain: { family, table, name } }`. */
export async function nftList<T>(namespace: Namespace, what: readonly string[]): Promise<T[]> {
  const text = await asking(() => inNamespace(namespace, ['nft', '-j', 'list', ...what]));
  return (JSON.parse(text) as { nftables: T[] }).nftables;
}

async function asking<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    const { message } = cause as Error;
    throw new HeddleError('ERR_NETWORK', message, {
      cause,
      hint: hints.find(({ of }) => of.test(message))?.hint,
    });
  }
}

/** `0x` and 32 digits: an IPv6 address where nft compares bits of a packet. */
export function hexOf(ipv6Bytes: readonly number[]): string {
  return `0x${ipv6Bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
