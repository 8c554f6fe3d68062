import { HeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype } from '../standard/archetype.ts';
import { hostsIn, type NodePlace } from './host-report.ts';
import { leave } from './leave.ts';
import type { Presence } from './presence.ts';

/** A node of those that share networks. */
export interface Member extends NodePlace {
  readonly name: string;
  /** Whether it is there now. */
  readonly present: boolean;
}

/** All that are there, or were, and have not left. */
export class Members {
  readonly #state: StateManager;
  readonly #archetypes: readonly Archetype[];
  readonly #presence: Pick<Presence, 'here' | 'isPresent'>;

  constructor(
    state: StateManager,
    archetypes: readonly Archetype[],
    presence: Pick<Presence, 'here' | 'isPresent'>,
  ) {
    this.#state = state;
    this.#archetypes = archetypes;
    this.#presence = presence;
  }

  async list(): Promise<Member[]> {
    const hosts = await hostsIn(this.#state);
    const names = new Set([this.#presence.here, ...hosts.keys()]);
    return [...names]
      .sort()
      .map((name) => ({ name, present: this.#presence.isPresent(name), ...hosts.get(name)?.node }));
  }

  /**
   * Lets all forget one that will not come back, with its endpoints.
   * @throws HeddleError ERR_RESOURCE_UNKNOWN, ERR_RESOURCE_IN_USE when it is there, ERR_STATE_UNREACHABLE
   */
  async remove(node: string): Promise<void> {
    const member = (await this.list()).find(({ name }) => name === node);
    if (!member)
      throw new HeddleError(
        'ERR_RESOURCE_UNKNOWN',
        `node ${JSON.stringify(node.slice(0, 63))}: there is none`,
      );
    if (member.present)
      throw new HeddleError('ERR_RESOURCE_IN_USE', `node ${node}: it is there`, {
        hint: '`heddle node down --purge` on its host takes it out',
      });
    await leave(this.#state, this.#archetypes, node, true);
  }
}
