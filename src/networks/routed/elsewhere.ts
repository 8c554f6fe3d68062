import { optional } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import type { StateManager } from '../../state/state-manager.ts';
import { saidAddress, saidOn } from '../between/said.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import { asNumber } from './settings.ts';

/** What a node says of itself on a network, to the others. */
const nodeSaid = z.object({
  /** Its autonomous system. */
  as: asNumber,
  /** Where it hears them. */
  inet: optional(z.ipv4()),
  inet6: optional(z.ipv6()),
  /** Of itself on the network. */
  addresses: z.array(saidAddress).max(8),
});
export type NodeSaid = z.infer<typeof nodeSaid>;

/** What the nodes on a network have said. @throws HeddleError ERR_STATE_UNREACHABLE */
export function nodesOn(registry: StateManager, network: string): Promise<ReadonlyMap<string, NodeSaid>> {
  return saidOn(registry, network, nodeSaid);
}

/** Addresses that are here. Pure. */
export function addressesHere(endpoints: readonly Pick<Endpoint, 'attachment' | 'options'>[]): string[] {
  return endpoints.flatMap(({ attachment, options }) =>
    attachment.kind === 'remote' ? [] : addressesOf(options),
  );
}

/** Addresses that this host answers for on the network: of endpoints of other nodes, and of these themselves. Pure. */
export function addressesElsewhere(
  here: string,
  nodes: ReadonlyMap<string, Pick<NodeSaid, 'addresses'>>,
  endpoints: readonly Pick<Endpoint, 'attachment' | 'options'>[],
): string[] {
  const others = [...nodes].filter(([name]) => name !== here);
  const known = new Set(others.map(([name]) => name));
  const theirs = endpoints.flatMap(({ attachment, options }) =>
    attachment.kind === 'remote' && known.has(attachment.node) ? addressesOf(options) : [],
  );
  const elsewhere = new Set([...theirs, ...others.flatMap(([, { addresses }]) => addresses)]);
  const own = nodes.get(here)?.addresses ?? [];
  for (const address of [...addressesHere(endpoints), ...own]) elsewhere.delete(address);
  return [...elsewhere];
}

function addressesOf(options: Endpoint['options']): string[] {
  return (options['addresses'] ?? []) as string[];
}
