import * as z from '../../lib/zod.ts';
import type { StateManager } from '../../state/state-manager.ts';
import { saidAddress, saidOn } from '../between/said.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Station } from './table.ts';

/** What a node says of itself on a network, to the others. */
const nodeStation = z.object({
  vtep: saidAddress,
  /** Of its bridge. */
  mac: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/),
  /** Of itself on the network. */
  addresses: z.array(saidAddress).max(8),
});
export type NodeStation = z.infer<typeof nodeStation>;

/** Where the nodes on a network are. @throws HeddleError ERR_STATE_UNREACHABLE */
export function stationsOn(
  registry: StateManager,
  network: string,
): Promise<ReadonlyMap<string, NodeStation>> {
  return saidOn(registry, network, nodeStation);
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
