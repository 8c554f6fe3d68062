import { isDeepStrictEqual } from 'node:util';

/** What one service asks for: a name, a port. What all share who do not have it alone, such as a port of HTTP, is shared. */
export interface Wish {
  /** `name web`, `port 7001/tcp`. */
  readonly resource: string;
  readonly isShared: boolean;
}

/** Who has what, for another run of a controller: by resource the key of a service, or `*` where it is shared. */
export type Holdings = Readonly<Record<string, string>>;

/** Who knows them, and takes those of others. */
export interface HoldingsKeeper {
  /** The same object while that is the same. */
  kept(): Holdings;
  recall(holdings: Holdings): void;
}

/** No key of a service. */
const shared = '*';

/**
 * Who has what only one can have: whoever had it first, for as long as he wants it. Of those that come at once, and of those
 * that wait when it gets free, an order decides. Does no I/O and knows no time.
 */
export class Holders {
  readonly #compare: (a: string, b: string) => number;
  /** By resource: who wants it, and whether shared. */
  readonly #wishes = new Map<string, Map<string, boolean>>();
  readonly #wishesOf = new Map<string, readonly Wish[]>();
  readonly #holders = new Map<string, string>();
  readonly #dirty = new Set<string>();
  #revision = 0;

  /** @param compare whoever comes first gets it first */
  constructor(compare: (a: string, b: string) => number) {
    this.#compare = compare;
  }

  /** All that somebody wants now. */
  set(key: string, wishes: readonly Wish[]): void {
    // Most changes of a service are of its copies.
    if (isDeepStrictEqual(wishes, this.#wishesOf.get(key) ?? [])) return;
    for (const { resource } of this.#wishesOf.get(key) ?? []) {
      const all = this.#wishes.get(resource);
      all?.delete(key);
      if (all?.size === 0) this.#wishes.delete(resource);
      this.#dirty.add(resource);
    }
    if (wishes.length === 0) this.#wishesOf.delete(key);
    else this.#wishesOf.set(key, wishes);
    for (const { resource, isShared } of wishes) {
      const all = this.#wishes.get(resource) ?? new Map<string, boolean>();
      this.#wishes.set(resource, all.set(key, isShared));
      this.#dirty.add(resource);
    }
  }

  /**
   * Gives what changed.
   * @param isComplete whether all are known who want something; until then who had it before is waited for
   * @returns those for whom that may be different now
   */
  settle(isComplete: boolean): Set<string> {
    const affected = new Set<string>();
    for (const resource of this.#dirty) {
      const before = this.#holders.get(resource);
      const now = this.#whoHas(resource, before, isComplete);
      if (now !== before) this.#revision++;
      if (now === undefined) this.#holders.delete(resource);
      else this.#holders.set(resource, now);
      if (now !== before) for (const key of this.#wishes.get(resource)?.keys() ?? []) affected.add(key);
      else if (before !== undefined && before !== shared) affected.add(before);
    }
    this.#dirty.clear();
    return affected;
  }

  /** Everything is to be looked at again. */
  touchAll(): void {
    for (const resource of [...this.#wishes.keys(), ...this.#holders.keys()]) this.#dirty.add(resource);
  }

  has(key: string, resource: string): boolean {
    const holder = this.#holders.get(resource);
    if (holder === shared) return this.#wishes.get(resource)?.get(key) ?? false;
    return holder === key;
  }

  /** Who has it alone, or all who share it. */
  holdersOf(resource: string): string[] {
    const holder = this.#holders.get(resource);
    if (holder !== shared) return holder === undefined ? [] : [holder];
    return [...(this.#wishes.get(resource) ?? [])].filter(([, isShared]) => isShared).map(([key]) => key);
  }

  isShared(resource: string): boolean {
    return this.#holders.get(resource) === shared;
  }

  /** Another one when somebody else has something. */
  get revision(): number {
    return this.#revision;
  }

  kept(): Holdings {
    return Object.fromEntries([...this.#holders].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Takes who had what, as another run knew it. */
  recall(holdings: Holdings): void {
    this.#revision++;
    for (const [resource, holder] of Object.entries(holdings)) this.#holders.set(resource, holder);
    this.touchAll();
  }

  #whoHas(resource: string, before: string | undefined, isComplete: boolean): string | undefined {
    const wishes = this.#wishes.get(resource) ?? new Map<string, boolean>();
    if (before === shared && [...wishes.values()].includes(true)) return shared;
    if (before !== undefined && wishes.has(before)) return wishes.get(before) ? shared : before;
    if (before !== undefined && !isComplete) return before;
    if (wishes.size > 1 && [...wishes.values()].every((isShared) => isShared)) return shared;
    let first: string | undefined;
    for (const key of wishes.keys()) if (first === undefined || this.#compare(key, first) < 0) first = key;
    return first !== undefined && wishes.get(first) ? shared : first;
  }
}
