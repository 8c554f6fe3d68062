import { HeddleError } from '../../../lib/errors.ts';
import type { Change, StateManager } from '../../../state/state-manager.ts';
import { type Domain, domainOf } from './domain.ts';

/** Decisions that were made again, because other agents changed what they were made from. */
const mostTries = 50;

/** Changes of one commit: fewer than a state takes. */
const mostAtOnce = 100;

/** What of a domain was read at once, and the revision of the last change of any of its rows. */
interface Snapshot {
  readonly domain: Domain;
  readonly serial: number;
}

/** The domain of a network in the registry, which the agents of other nodes may change as well. */
export class DomainStore {
  readonly #registry: StateManager;
  readonly #prefix: string;
  #known: Snapshot | undefined;

  constructor(registry: StateManager, network: string) {
    this.#registry = registry;
    this.#prefix = `${network}/`;
  }

  /** @throws HeddleError ERR_STATE, ERR_STATE_UNREACHABLE */
  async read(): Promise<Domain> {
    return (await this.#read()).domain;
  }

  /**
   * Carries out a decision, made again from what is there when others were quicker. One of many changes is carried out part by
   * part: what was done of it by the time of a kill is whole as well.
   * @throws HeddleError ERR_STATE, ERR_STATE_UNREACHABLE, ERR_REVISION
   */
  async change<D extends { readonly changes: readonly Change[] }>(decide: (domain: Domain) => D): Promise<D> {
    let begun: D | undefined;
    for (let refused = 0; refused < mostTries; ) {
      const { domain, serial } = await this.#read();
      const decision = decide(domain);
      const part = decision.changes.slice(0, mostAtOnce);
      if (part.length > 0 && !(await this.#commit(part, serial))) {
        refused += 1;
        continue;
      }
      begun ??= decision;
      if (part.length === decision.changes.length) return begun;
    }
    throw new HeddleError('ERR_REVISION', `the domain ${this.#prefix}: others change it without end`);
  }

  /** Forgets that there ever was one. */
  async end(): Promise<void> {
    await this.#registry.commit([], [{ key: this.#serialKey, delete: true }]);
  }

  get #serialKey(): string {
    return `${this.#prefix}serial`;
  }

  async #read(): Promise<Snapshot> {
    const now = (await this.#registry.get(this.#serialKey))?.revision ?? 0;
    if (this.#known?.serial === now && now > 0) return this.#known;
    const { entries } = await this.#registry.list(this.#prefix);
    const rows = entries.map(({ key, value }) => ({ key: key.slice(this.#prefix.length), value }));
    const serial = entries.find(({ key }) => key === this.#serialKey)?.revision ?? 0;
    this.#known = { domain: domainOf(rows), serial };
    return this.#known;
  }

  async #commit(changes: readonly Change[], serial: number): Promise<boolean> {
    const prefixed = changes.map((change) => ({ ...change, key: `${this.#prefix}${change.key}` }));
    const revision = await this.#registry.commit(
      [{ key: this.#serialKey, revision: serial }],
      [...prefixed, { key: this.#serialKey, value: changes.length }],
    );
    return revision !== undefined;
  }
}
