import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype } from '../standard/archetype.ts';
import { endpointsIn, networksIn } from '../standard/records.ts';
import { registryOf } from '../standard/registry.ts';
import type { Nodes } from '../standard/report.ts';
import { linkKey } from '../wan/link-end.ts';
import { forgottenKey, noteOf } from './forgotten.ts';
import { hostKey } from './host-report.ts';

/**
 * Lets the other nodes forget one that does not run: its endpoints, what it said, and what archetypes have noted of it. Networks that are to go do not wait for it.
 * `isAway`: it may have something of them still, and return.
 * @throws HeddleError ERR_STATE_UNREACHABLE
 */
export async function leave(
  state: StateManager,
  archetypes: readonly Archetype[],
  node: string,
  isAway: boolean,
): Promise<void> {
  const nodes: Nodes = { here: node, isPresent: (other) => other !== node };
  for (const archetype of archetypes) {
    const networks = networksIn(state, archetype, nodes);
    for (const { wanted, revision } of (await networks.all()).kept) {
      const note = forgottenKey(node, { archetype: archetype.name, network: wanted.name });
      if (isAway && (await networks.reports(wanted.name)).has(node))
        await state.commit([], [{ key: note, value: noteOf(Date.now()) }]);
      const endpoints = endpointsIn(state, archetype, wanted.name, nodes);
      for (const one of (await endpoints.all()).kept)
        if (one.wanted.node === node) await endpoints.remove(one.wanted.name, one.revision);
      await networks.report(wanted.name, node, undefined, [], [endpoints.touched(node)]);
      if (wanted.deleting && (await networks.reports(wanted.name)).size === 0)
        await networks.remove(wanted.name, revision, [endpoints.forgotten()]);
    }
    await archetype.forgetNode?.(registryOf(state, archetype.name), node);
  }
  await state.commit(
    [],
    [hostKey(node), linkKey(node)].map((key) => ({ key, delete: true })),
  );
}
