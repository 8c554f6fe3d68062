import type { Namespace } from './ip.ts';
import { nftList } from './nft.ts';

const prefix = 'stamp_';

/** A table of nft(8). */
export interface TableName {
  readonly family: 'bridge' | 'inet';
  readonly name: string;
}

interface Listed {
  readonly chain?: { readonly family: string; readonly table: string; readonly name: string };
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
  const listed = await nftList<Listed>(namespace, ['chains']);
  return stampIn(
    listed.flatMap(({ chain }) => chain ?? []),
    tables,
  );
}

export function stampIn(
  chains: readonly NonNullable<Listed['chain']>[],
  tables: readonly TableName[],
): string | undefined {
  const found = tables.map(({ family, name }) =>
    chains.filter((chain) => chain.family === family && chain.table === name).map((chain) => chain.name),
  );
  if (found.every((names) => names.length === 0)) return undefined;
  const stamps = new Set(found.map((names) => names.find((name) => name.startsWith(prefix))));
  const [stamp] = stamps;
  return stamps.size === 1 && stamp !== undefined ? stamp.slice(prefix.length) : 'unknown';
}
