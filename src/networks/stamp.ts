import type { Namespace } from './ip.ts';
import { nftList } from './nft.ts';

const prefix = 'stamp_';

/** A table of nft(8). */
export interface TableName {
  readonly family: 'bridge' | 'inet';
  readonly name: string;
}

/** A chain of nft(8), by its table. */
export interface StampedChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
}

interface Listed {
  readonly chain?: StampedChain;
}

/** A chain without rules, whose name says what its table was made from. */
export function stampLine(digest: string): string {
  return `  chain ${prefix}${digest} { }`;
}

/**
 * What tables were made from, read from the kernel, whatever was noted elsewhere. Nothing: none of them is there;
 * `unknown`: they are not of one whole transaction of Heddle's.
 * @throws HeddleError ERR_NETWORK
 */
export async function observeStamp(
  namespace: Namespace,
  tables: readonly TableName[],
): Promise<string | undefined> {
  return stampIn(await listChains(namespace), tables);
}

/** All chains of a namespace, as {@link stampIn} reads them. @throws HeddleError ERR_NETWORK */
export async function listChains(namespace: Namespace): Promise<StampedChain[]> {
  const listed = await nftList<Listed>(namespace, ['chains']);
  return listed.flatMap(({ chain }) => chain ?? []);
}

export function stampIn(chains: readonly StampedChain[], tables: readonly TableName[]): string | undefined {
  const found = tables.map(({ family, name }) =>
    chains.filter((chain) => chain.family === family && chain.table === name).map((chain) => chain.name),
  );
  if (found.every((names) => names.length === 0)) return undefined;
  const stamps = new Set(found.map((names) => names.find((name) => name.startsWith(prefix))));
  const [stamp] = stamps;
  return stamps.size === 1 && stamp !== undefined ? stamp.slice(prefix.length) : 'unknown';
}
