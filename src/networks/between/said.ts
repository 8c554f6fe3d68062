import { isIP } from 'node:net';
import { canonicalJson } from '../../lib/hash.ts';
import * as z from '../../lib/zod.ts';
import type { StateManager } from '../../state/state-manager.ts';

/** Of an archetype's registry: what nodes say of themselves on networks, to the others: `nodes/NETWORK/NODE`. */
export const saidPrefix = 'nodes/';

/** An address as a node says it: whole, and of no interface of its own. It becomes commands elsewhere. */
export const saidAddress = z
  .string()
  .max(64)
  .refine((one) => isIP(one) !== 0 && !one.includes('%'), 'is no IP address');

/** Says something of this node on a network, or that it is on it no more. @throws HeddleError ERR_STATE_UNREACHABLE */
export async function say<Said>(
  registry: StateManager,
  network: string,
  node: string,
  said: Said | undefined,
): Promise<void> {
  const key = `${saidPrefix}${network}/${node}`;
  const kept = await registry.get(key);
  if (said === undefined) {
    if (kept) await registry.commit([], [{ key, delete: true }]);
  } else if (canonicalJson(kept?.value) !== canonicalJson(said)) {
    await registry.commit([], [{ key, value: said }]);
  }
}

/**
 * What the nodes on a network have said, by node: one that is away is where it was. What does not fit is left out: it becomes commands.
 * @throws HeddleError ERR_STATE_UNREACHABLE
 */
export async function saidOn<Said>(
  registry: StateManager,
  network: string,
  schema: z.ZodType<Said>,
): Promise<ReadonlyMap<string, Said>> {
  const own = `${saidPrefix}${network}/`;
  const { entries } = await registry.list(own);
  return new Map(
    entries.flatMap(({ key, value }) => {
      const said = schema.safeParse(value);
      return said.success ? [[key.slice(own.length), said.data] as const] : [];
    }),
  );
}

/** Of which network a change of the registry is. */
export function networkIn(key: string): string {
  return key.slice(saidPrefix.length, key.lastIndexOf('/'));
}

/** @throws HeddleError ERR_STATE_UNREACHABLE */
export async function forgetNode(registry: StateManager, node: string): Promise<void> {
  const { entries } = await registry.list(saidPrefix);
  const own = entries.filter(({ key }) => key.endsWith(`/${node}`));
  if (own.length > 0)
    await registry.commit(
      [],
      own.map(({ key }) => ({ key, delete: true }) as const),
    );
}
