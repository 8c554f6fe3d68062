import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype } from '../standard/archetype.ts';
import { readIfThere } from '../standard/ensure.ts';
import type { NetworkWish } from '../standard/network.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import { networksIn } from '../standard/records.ts';
import type { Nodes } from '../standard/report.ts';
import type { Switcher } from '../switch/switcher.ts';
import { forgottenKey } from './forgotten.ts';
import { isOurs } from './todo.ts';
import type { Topic } from './topic.ts';

interface Parts {
  readonly archetypes: readonly Archetype[];
  /** The state that nodes share. */
  readonly state: StateManager;
  readonly nodes: Nodes;
  /** The services of this node, by archetype. */
  readonly local: ReadonlyMap<string, NetworkingService>;
  /** Switches the networks of this node. */
  readonly switcher: Pick<Switcher, 'switch'>;
}

/**
 * Networks that have become another archetype's, in the state that nodes share: a node that has one still as it was switches it by
 * itself, whenever it sees that, so one that was away as well.
 */
export class Succession {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether a network that is none of an archetype is another's by now, of which this node is to have it. */
  async hasSuccessor({ archetype, network }: Topic): Promise<boolean> {
    const { state, nodes } = this.#parts;
    const others = this.#others(archetype).map(async (other) => {
      const networks = networksIn(state, other, nodes);
      if (!(await networks.read(network))) return false;
      return (await networks.reports(network)).has(nodes.here);
    });
    return (await Promise.all(others)).includes(true);
  }

  /** Makes what this node has of a network, as one of another archetype, one of the archetype that is wished for. */
  async takeOver(wish: NetworkWish): Promise<void> {
    const { local, state, nodes, switcher } = this.#parts;
    const { name, archetype, options = {} } = wish;
    for (const other of this.#others(archetype)) {
      const service = local.get(other.name);
      const there = service && (await readIfThere(service.networks, name));
      // What a node had when it was forgotten goes, and nothing comes of it.
      const isForgotten = await state.get(forgottenKey(nodes.here, { archetype: other.name, network: name }));
      if (!isOurs(there) || isForgotten) continue;
      await switcher.switch({ archetype: other.name, name }, { archetype, options, accept: true });
    }
  }

  #others(archetype: string): readonly Archetype[] {
    return this.#parts.archetypes.filter(({ name }) => name !== archetype);
  }
}
