import type { PortTable, Rules } from './rules.ts';
import { layout } from './transaction.ts';

type Element = readonly [bucket: number, target: { readonly concat: readonly [string, number] }];

/** The parts of `nft -j list table` (libnftables-json(5)) that say what differs from one state to another. */
interface Listed {
  readonly set?: { readonly name: string; readonly elem?: readonly string[] };
  readonly map?: { readonly name: string; readonly elem?: readonly unknown[] };
  readonly rule?: { readonly chain: string; readonly comment?: string };
}

/** What a table is that was read from the kernel. `foreign`: not made by Heddle; `other`: made by another version of it. */
export type Found = { readonly rules: Rules } | 'foreign' | 'other';

/** Reads what nft lists of a table. Pure. */
export function readListing(text: string): Found {
  const { nftables } = JSON.parse(text) as { nftables: readonly Listed[] };
  const comments = new Map<string, string>();
  for (const { rule } of nftables) if (rule?.comment !== undefined) comments.set(rule.chain, rule.comment);
  const maker = comments.get('lead');
  if (maker !== layout) return maker?.startsWith('heddle') ? 'other' : 'foreign';
  const gateways = (family: string) =>
    nftables.find(({ set }) => set?.name === `gateways-${family}`)?.set?.elem ?? [];
  const ports: Record<string, PortTable> = {};
  for (const { map } of nftables) {
    if (!map || !/^(tcp|udp)-/.test(map.name)) continue;
    const entries: string[] = [];
    for (const [bucket, { concat }] of (map.elem ?? []) as readonly Element[])
      entries[bucket] = concat.join(' . ');
    ports[map.name] = { service: comments.get(map.name) ?? '', entries };
  }
  return { rules: { gateways: { ip: gateways('ip'), ip6: gateways('ip6') }, ports } };
}
