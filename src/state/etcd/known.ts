import type { Changed, Entry, Listing } from '../state-manager.ts';

/** What was seen of a state, in memory: as it was at a revision, and of later ones what this node itself has changed. */
export class Known {
  /** What was deleted is noted until its deletion is told: something older may be told before. */
  readonly #latest = new Map<string, Changed>();
  #revision: number | undefined;

  /** Nothing so far. */
  get revision(): number | undefined {
    return this.#revision;
  }

  /** All that there was at a revision. What is older than what is known says nothing. */
  replace({ entries, revision }: Listing): void {
    if (revision < (this.#revision ?? 0)) return;
    for (const [key, { revision: own }] of this.#latest) if (own <= revision) this.#latest.delete(key);
    for (const entry of entries) if (!this.#latest.has(entry.key)) this.#latest.set(entry.key, entry);
    this.#revision = revision;
  }

  /** The state was set back: what was known is nothing any more. */
  forget(): void {
    this.#latest.clear();
    this.#revision = undefined;
  }

  /** What was told, in order. */
  follow(changes: readonly Changed[]): void {
    for (const changed of changes) {
      const { key, revision } = changed;
      if ((this.#latest.get(key)?.revision ?? 0) <= revision) {
        if ('value' in changed) this.#latest.set(key, changed);
        else this.#latest.delete(key);
      }
      this.#revision = revision;
    }
  }

  /** What this node has changed, and is told of later. */
  note(changes: readonly Changed[]): void {
    for (const changed of changes) {
      const last = Math.max(this.#revision ?? 0, this.#latest.get(changed.key)?.revision ?? 0);
      if (changed.revision > last) this.#latest.set(changed.key, changed);
    }
  }

  get(key: string): Entry | undefined {
    const found = this.#latest.get(key);
    return found && isEntry(found) ? found : undefined;
  }

  list(prefix: string): Listing {
    const entries = [...this.#latest.values()]
      .filter((one) => one.key.startsWith(prefix))
      .filter(isEntry)
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    return { entries, revision: this.#revision ?? 0 };
  }
}

function isEntry(changed: Changed): changed is Entry {
  return 'value' in changed;
}
