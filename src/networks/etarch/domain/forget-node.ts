import type { StateManager } from '../../../state/state-manager.ts';
import { depart } from './presence.ts';
import { DomainStore } from './store.ts';

/**
 * Has every domain forget a node: titles of entities there are free, and what they had is kept for them for a day, as when their
 * endpoint is gone. A domain that lives nowhere else ends.
 * @throws HeddleError ERR_STATE, ERR_STATE_UNREACHABLE
 */
export async function forgetNode(registry: StateManager, node: string): Promise<void> {
  const { entries } = await registry.list('');
  const networks = new Set(entries.map(({ key }) => key.split('/')[0] ?? ''));
  for (const network of networks) {
    const store = new DomainStore(registry, network);
    const { nodes } = await store.read();
    if (!nodes.has(node)) continue;
    await store.change((domain) => ({ changes: depart(domain, node, Date.now()) }));
    if (nodes.size === 1) await store.end();
  }
}
