import ipaddr from 'ipaddr.js';
import { canonicalJson } from '../../lib/hash.ts';
import * as z from '../../lib/zod.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Station } from './table.ts';

const address = z.string().max(64).refine(ipaddr.isValid, 'is no IP address');

/** What a node says of itself on a network, to the others: `nodes/NETWORK/NODE` of the registry. It becomes commands there. */
const nodeStation = z.object({
  vtep: address,
  /** Of its bridge. */
  mac: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/),
  /** Of itself on the network. */
  addresses: z.array(address).max(8),
});
export type NodeStation = z.infer<typeof nodeStation>;

/** Of the registry: what nodes say of themselves. */
export const stationsPrefix = 'nodes/';

/** Says where this node is on a network, or that it is on it no more. @throws HeddleError ERR_STATE_UNREACHABLE */
export async function say(
  registry: StateManager,
  network: string,
  node: string,
  station: NodeStation | undefined,
): Promise<void> {
  const key = `${stationsPrefix}${network}/${node}`;
  const kept = await registry.get(key);
  if (station === undefined) {
    if (kept) await registry.commit([], [{ key, delete: true }]);
  } else if (canonicalJson(kept?.value) !== canonicalJson(station)) {
    await registry.commit([], [{ key, value: station }]);
  }
}

/** What the nodes on a network have said, by node: one that is away is where it was. */
export async function nodesOn(
  registry: StateManager,
  network: string,
): Promise<ReadonlyMap<string, NodeStation>> {
  const own = `${stationsPrefix}${network}/`;
  const { entries } = await registry.list(own);
  return new Map(
    entries.flatMap(({ key, value }) => {
      const said = nodeStation.safeParse(value);
      return said.success ? [[key.slice(own.length), said.data] as const] : [];
    }),
  );
}

/** Of which network a change of the registry is. */
export function networkIn(key: string): string {
  return key.slice(stationsPrefix.length, key.lastIndexOf('/'));
}

/** @throws HeddleError ERR_STATE_UNREACHABLE */
export async function forgetNode(registry: StateManager, node: string): Promise<void> {
  const { entries } = await registry.list(stationsPrefix);
  const own = entries.filter(({ key }) => key.endsWith(`/${node}`));
  if (own.length > 0)
    await registry.commit(
      [],
      own.map(({ key }) => ({ key, delete: true }) as const),
    );
}

/**
 * Who is elsewhere, as far as its host has said where that is: endpoints of other nodes, and these themselves. Hosts that this one, which
 * has said it too, has no family of addresses in common with are not reached. Pure.
 */
export function stationsElsewhere(
  here: string,
  nodes: ReadonlyMap<string, NodeStation>,
  endpoints: readonly Pick<Endpoint, 'attachment' | 'mac' | 'options'>[],
): Station[] {
  const own = nodes.get(here)?.vtep;
  if (own === undefined) return [];
  const others = new Map([...nodes].filter(([name, { vtep }]) => name !== here && isAlike(vtep, own)));
  const theirs = endpoints.flatMap(({ attachment, mac, options }) => {
    const vtep = attachment.kind === 'remote' ? others.get(attachment.node)?.vtep : undefined;
    return vtep === undefined ? [] : [{ mac, addresses: (options['addresses'] ?? []) as string[], vtep }];
  });
  return [...others.values(), ...theirs];
}

/** Whether two addresses are of one family. */
export function isAlike(one: string, other: string): boolean {
  return one.includes(':') === other.includes(':');
}
