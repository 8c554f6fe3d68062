import { HeddleError } from '../../lib/errors.ts';
import { plainIssue } from '../../lib/plain-issue.ts';
import type * as z from '../../lib/zod.ts';
import { fromRecord, type RecordKind, toRecord } from '../../state/record.ts';
import type { Change, Changed, Condition, Entry, StateManager } from '../../state/state-manager.ts';
import type { Status } from './network.ts';

/** What is kept of a resource: what it is, and whatever follows from how it is kept. */
export interface Kept<Wanted> {
  readonly wanted: Wanted;
  readonly revision: number;
  readonly status: Status;
}

/** The resources of one kind as they were together, and what has to hold for them to be so still. */
export interface Snapshot<Wanted> {
  readonly kept: readonly Kept<Wanted>[];
  readonly unchanged: Condition;
}

interface Optioned {
  readonly name: string;
  readonly options: unknown;
}

const pending: Status = { phase: 'pending', observed: {} };

/**
 * Resources of one kind in the state, under a prefix: what is wanted of each (`wanted/NAME`), and what is there
 * (`status/NAME`). Whoever adds or removes one also changes `serial`: what was decided by a look at all of them holds as long
 * as that is unchanged.
 */
export class Collection<Wanted extends Optioned> {
  readonly #state: StateManager;
  readonly #prefix: string;
  readonly #kind: RecordKind<Wanted>;
  readonly #options: z.ZodType<Wanted['options']>;
  /** What was read before, by key: nothing is checked twice. */
  readonly #known = new Map<string, { readonly revision: number; readonly wanted: Wanted }>();

  /** `options`: what of the archetype's own a resource has; what came since it was kept takes its default. */
  constructor(
    state: StateManager,
    prefix: string,
    kind: RecordKind<Wanted>,
    options: z.ZodType<Wanted['options']>,
  ) {
    this.#state = state;
    this.#prefix = prefix;
    this.#kind = kind;
    this.#options = options;
  }

  /** @throws HeddleError ERR_STATE for a record that is not understood */
  async read(name: string): Promise<Kept<Wanted> | undefined> {
    const [wanted, status] = await Promise.all([
      this.#state.get(this.#key('wanted', name)),
      this.#state.get(this.#key('status', name)),
    ]);
    return wanted && this.#kept(wanted, status);
  }

  async all(): Promise<Snapshot<Wanted>> {
    const { entries } = await this.#state.list(this.#prefix);
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const wanted = entries.filter(({ key }) => key.startsWith(`${this.#prefix}wanted/`));
    const serial = `${this.#prefix}serial`;
    return {
      kept: wanted.map((entry) => this.#kept(entry, byKey.get(this.#key('status', this.#nameIn(entry.key))))),
      unchanged: { key: serial, revision: byKey.get(serial)?.revision ?? 0 },
    };
  }

  /** Adds one; nothing when something was added or removed since the snapshot, or another condition does not hold. */
  async add(wanted: Wanted, conditions: readonly Condition[]): Promise<number | undefined> {
    return this.#state.commit(
      [...conditions, { key: this.#key('wanted', wanted.name), revision: 0 }],
      [this.#want(wanted), this.#serial(wanted.name)],
    );
  }

  async change(wanted: Wanted, conditions: readonly Condition[]): Promise<number | undefined> {
    return this.#state.commit(conditions, [this.#want(wanted)]);
  }

  async putStatus(name: string, status: Status): Promise<void> {
    await this.#state.commit([], [{ key: this.#key('status', name), value: status }]);
  }

  async remove(name: string): Promise<void> {
    const keys = [this.#key('wanted', name), this.#key('status', name)];
    this.#known.delete(keys[0] ?? '');
    await this.#state.commit(
      [],
      [...keys.map((key) => ({ key, delete: true }) as const), this.#serial(name)],
    );
  }

  /** Forgets what is noted beside resources; there are none any more, and never will be. */
  async end(): Promise<void> {
    await this.#state.commit([], [{ key: `${this.#prefix}serial`, delete: true }]);
  }

  /** That a resource is as it was read. */
  condition(name: string, revision: number): Condition {
    return { key: this.#key('wanted', name), revision };
  }

  /** The names of what changes after a revision, with those of the changes. */
  async *changes(
    after: number,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly name: string; readonly revision: number }> {
    let last = '';
    for await (const { key, revision } of this.#state.watch(this.#prefix, after, signal)) {
      const name = this.#nameIn(key);
      // What is wanted and what is there may change at once.
      if (last === `${revision} ${name}`) continue;
      last = `${revision} ${name}`;
      if (name !== '') yield { name, revision };
    }
  }

  async revision(): Promise<number> {
    return (await this.#state.list(this.#prefix)).revision;
  }

  #kept({ key, value, revision }: Entry, status: Entry | undefined): Kept<Wanted> {
    const name = this.#nameIn(key);
    const known = this.#known.get(key);
    const wanted =
      known?.revision === revision
        ? known.wanted
        : this.#complete(fromRecord(this.#kind, value, name, `what is stored as ${key}`), key);
    this.#known.set(key, { revision, wanted });
    return { wanted, revision, status: (status?.value as Status | undefined) ?? pending };
  }

  /** @throws HeddleError ERR_STATE for options that the archetype does not understand */
  #complete(wanted: Wanted, key: string): Wanted {
    const checked = this.#options.safeParse(wanted.options);
    if (checked.success) return { ...wanted, options: checked.data };
    const why = plainIssue(checked.error.issues, wanted.options, 'it');
    throw new HeddleError('ERR_STATE', `what is stored as ${key} is not understood: options: ${why}`);
  }

  #want(wanted: Wanted): Change {
    return { key: this.#key('wanted', wanted.name), value: toRecord(this.#kind, wanted) };
  }

  #serial(by: string): Change {
    return { key: `${this.#prefix}serial`, value: by };
  }

  #key(part: 'wanted' | 'status', name: string): string {
    return `${this.#prefix}${part}/${name}`;
  }

  /** Empty for a key that is of no resource. */
  #nameIn(key: Changed['key']): string {
    return /^(?:wanted|status)\/([^/]+)$/.exec(key.slice(this.#prefix.length))?.[1] ?? '';
  }
}
