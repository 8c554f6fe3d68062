import { maglev } from './maglev.ts';
import { type TableOf, tableSize } from './rules.ts';

/** Tables as they were worked out last: most changes of a view change the backends of one port, or of none. */
export class KnownTables {
  #known = new Map<string, readonly string[]>();

  /** What `work` makes of tables; those that it did not ask for are forgotten. */
  within<T>(work: (tableOf: TableOf) => T): T {
    const used = new Map<string, readonly string[]>();
    const result = work((backends) => {
      const key = backends.join();
      const table = this.#known.get(key) ?? maglev(backends, tableSize);
      used.set(key, table);
      return table;
    });
    this.#known = used;
    return result;
  }
}
