import { HeddleError } from '../lib/errors.ts';
import { fromRecord, type RecordKind, toRecord } from './record.ts';
import type { Store } from './store.ts';

/**
 * The records of one kind, under a prefix of a store that no other process has: read and checked once, when it is opened.
 * One that is not understood stays as it is until another is written in its place, and keeps no other from being used.
 */
export class Records<Value> {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #kind: RecordKind<Value>;
  readonly #values = new Map<string, Value>();
  readonly #refused = new Map<string, HeddleError>();

  constructor(store: Store, prefix: string, kind: RecordKind<Value>) {
    this.#store = store;
    this.#prefix = prefix;
    this.#kind = kind;
    for (const { key, value } of store.list(prefix)) this.#read(key.slice(prefix.length), value);
  }

  /** Why records are not used, by their names. */
  get refused(): ReadonlyMap<string, HeddleError> {
    return this.#refused;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** All of them, in the order of their names. */
  list(): Value[] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  }

  /** @throws HeddleError ERR_DISK_FULL, ERR_STATE; the record that was there is there still */
  put(name: string, value: Value): void {
    this.#store.put(`${this.#prefix}${name}`, toRecord(this.#kind, value));
    this.#values.set(name, value);
    this.#refused.delete(name);
  }

  delete(name: string): void {
    this.#store.delete(`${this.#prefix}${name}`);
    this.#values.delete(name);
    this.#refused.delete(name);
  }

  #read(name: string, stored: unknown): void {
    try {
      const where = `what is stored as ${this.#prefix}${name}`;
      this.#values.set(name, fromRecord(this.#kind, stored, name, where));
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      this.#refused.set(name, error);
    }
  }
}
