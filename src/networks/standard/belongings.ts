import { inCommits } from '../../state/commit-limits.ts';
import type { Change, Condition, Entry, StateManager } from '../../state/state-manager.ts';

/** A network of an archetype. */
export interface Whose {
  readonly archetype: string;
  readonly network: string;
}

/**
 * What is kept with a network in a state that nodes share: its endpoints, and what nodes have reported of both. As long as there is no such
 * network, nobody sees any of it: so as much as one likes is written, or removed, by several commits, and is there, or not any more,
 * by one. Whoever does so changes the serial each time that he has seen: of two at once, one gives up.
 */
export class Belongings {
  readonly #state: StateManager;
  readonly #network: string;
  readonly #endpoints: string;
  readonly #reports: string;
  readonly #serial: string;

  constructor(state: StateManager, { archetype, network }: Whose) {
    this.#state = state;
    this.#network = `networks/${archetype}/wanted/${network}`;
    this.#reports = `networks/${archetype}/status/${network}/`;
    this.#endpoints = `endpoints/${archetype}/${network}/`;
    this.#serial = `${this.#endpoints}serial`;
  }

  /** What has to hold for nothing to be there. */
  get none(): Condition {
    return { key: this.#serial, revision: 0 };
  }

  /** Removes what is left of a network that there is not. @returns whether nothing is; else somebody else is at it, or it is there */
  async clear(): Promise<boolean> {
    const lists = await Promise.all([this.#endpoints, this.#reports].map((key) => this.#state.list(key)));
    const entries = lists.flatMap((list) => list.entries);
    let seen = entries.find(({ key }) => key === this.#serial)?.revision ?? 0;
    const left = entries.filter(({ key }) => key !== this.#serial);
    const parts = inCommits(left.map(({ key }) => ({ key, delete: true })));
    if (parts.length === 0 && seen > 0) parts.push([]);
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const serial: Change = isLast
        ? { key: this.#serial, delete: true }
        : { key: this.#serial, value: 'clear' };
      const revision = await this.#state.commit(this.#unseen(seen), [...part, serial]);
      if (revision === undefined) return false;
      seen = revision;
    }
    return true;
  }

  /**
   * Writes what a network is to have, beside what there is, where nothing is.
   * @returns what has to hold still when the network is put; nothing when a condition did not hold, or others were quicker
   */
  async write(
    changes: readonly Change[],
    conditions: readonly Condition[],
  ): Promise<readonly Condition[] | undefined> {
    let seen = 0;
    for (const part of inCommits(changes.filter(({ key }) => key !== this.#serial))) {
      const serial: Change = { key: this.#serial, value: 'write' };
      const all = [...conditions, ...this.#unseen(seen)];
      const revision = await this.#state.commit(all, [...part, serial]);
      if (revision === undefined) return undefined;
      seen = revision;
    }
    return this.#unseen(seen);
  }

  #unseen(serial: number): Condition[] {
    return [
      { key: this.#network, revision: 0 },
      { key: this.#serial, revision: serial },
    ];
  }
}

/** Of which networks that there are not something is left. */
export function leftBehind(entries: readonly Entry[]): Whose[] {
  const there = new Set(entries.map(({ key }) => key));
  const all = new Map<string, Whose>();
  for (const { key } of entries) {
    const [kind, archetype = '', one = '', other = ''] = key.split('/');
    const network = kind === 'endpoints' ? one : kind === 'networks' && one === 'status' ? other : '';
    if (network !== '' && !there.has(`networks/${archetype}/wanted/${network}`))
      all.set(`${archetype}/${network}`, { archetype, network });
  }
  return [...all.values()];
}
