/** Who uses what, both ways. */
export class Uses {
  readonly #used = new Map<string, ReadonlySet<string>>();
  readonly #users = new Map<string, Set<string>>();

  /** All that one uses now. */
  set(user: string, used: ReadonlySet<string>): void {
    for (const thing of this.#used.get(user) ?? []) {
      const users = this.#users.get(thing);
      users?.delete(user);
      if (users?.size === 0) this.#users.delete(thing);
    }
    if (used.size === 0) this.#used.delete(user);
    else this.#used.set(user, used);
    for (const thing of used) this.#users.set(thing, (this.#users.get(thing) ?? new Set()).add(user));
  }

  isUsed(thing: string): boolean {
    return this.#users.has(thing);
  }

  usersOf(thing: string): Iterable<string> {
    return this.#users.get(thing) ?? [];
  }
}
