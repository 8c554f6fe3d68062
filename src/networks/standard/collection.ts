import { HeddleError } from '../../lib/errors.ts';
import { plainIssue } from '../../lib/plain-issue.ts';
import type * as z from '../../lib/zod.ts';
import { fromRecord, type RecordKind, toRecord } from '../../state/record.ts';
import type { Change, Changed, Condition, Entry, StateManager } from '../../state/state-manager.ts';
import type { Status } from './network.ts';
import type { Report, Reports } from './report.ts';

/** What is kept of a resource: what it is, and whatever follows from how it is kept. */
export interface Kept<Wanted> {
  readonly wanted: Wanted;
  readonly revision: number;
  readonly status: Status;
}

/** All that is stored of one. `reports`: by node, where nodes share it. */
export interface Stored<Wanted> extends Pick<Kept<Wanted>, 'wanted' | 'status'> {
  readonly reports?: Reports;
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

/** What is different where several nodes share resources, and each reports what it has of one: `status/NAME/NODE`. */
export interface Shared<Wanted> {
  /** What is shown of one. */
  status(wanted: Wanted, revision: number, reports: Reports): Status;
  /** A key that changes as well. */
  readonly serial?: string;
}

/**
 * Resources of one kind in the state, under a prefix: what is wanted of each (`wanted/NAME`), and what is there
 * (`status/NAME`). Whoever adds, changes or removes one also changes `serial`: what was decided by a look at all of them holds
 * as long as that is unchanged.
 */
export class Collection<Wanted extends Optioned> {
  readonly #state: StateManager;
  readonly #prefix: string;
  readonly #kind: RecordKind<Wanted>;
  readonly #options: z.ZodType<Wanted['options']>;
  readonly #shared: Shared<Wanted> | undefined;
  /** What was read before and is there still, by key: nothing is checked twice. */
  readonly #known = new Map<string, { readonly revision: number; readonly wanted: Wanted }>();

  /** `options`: what of the archetype's own a resource has; what came since it was kept takes its default. */
  constructor(
    state: StateManager,
    prefix: string,
    kind: RecordKind<Wanted>,
    options: z.ZodType<Wanted['options']>,
    shared?: Shared<Wanted>,
  ) {
    this.#state = state;
    this.#prefix = prefix;
    this.#kind = kind;
    this.#options = options;
    this.#shared = shared;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** @throws HeddleError ERR_STATE for a record that is not understood */
  async read(name: string): Promise<Kept<Wanted> | undefined> {
    const [wanted, statuses] = await Promise.all([
      this.#state.get(this.#key('wanted', name)),
      this.#statuses(name),
    ]);
    if (wanted) return this.#kept(wanted, statuses);
    // Where nodes share, another one may have removed it.
    this.#known.delete(this.#key('wanted', name));
    return undefined;
  }

  async all(): Promise<Snapshot<Wanted>> {
    const { entries } = await this.#state.list(this.#prefix);
    const isOf = (part: string) => (entry: Entry) => entry.key.startsWith(`${this.#prefix}${part}/`);
    const statuses = Map.groupBy(entries.filter(isOf('status')), ({ key }) => this.#nameIn(key));
    const serial = `${this.#prefix}serial`;
    const wanted = entries.filter(isOf('wanted'));
    const there = new Set(wanted.map(({ key }) => key));
    for (const key of this.#known.keys()) if (!there.has(key)) this.#known.delete(key);
    return {
      kept: wanted.map((entry) => this.#kept(entry, statuses.get(this.#nameIn(entry.key)) ?? [])),
      unchanged: { key: serial, revision: entries.find(({ key }) => key === serial)?.revision ?? 0 },
    };
  }

  /** Adds one; nothing when something was added, changed or removed since the snapshot, or another condition does not hold. */
  async add(wanted: Wanted, conditions: readonly Condition[]): Promise<number | undefined> {
    return this.#state.commit(
      [...conditions, { key: this.#key('wanted', wanted.name), revision: 0 }],
      [this.#want(wanted), ...this.#serials(wanted.name)],
    );
  }

  async change(wanted: Wanted, conditions: readonly Condition[]): Promise<number | undefined> {
    return this.#state.commit(conditions, [this.#want(wanted), ...this.#serials(wanted.name)]);
  }

  /** Notes what this process has found. @returns what is shown from now on: where nodes share, what they have reported */
  async note(name: string, status: Status): Promise<Status> {
    if (this.#shared) return (await this.read(name))?.status ?? status;
    await this.#state.commit([], [{ key: this.#key('status', name), value: status }]);
    return status;
  }

  /**
   * Removes one that is as it was read, and `also` what goes with it; one that was changed since, or is gone, is left as it is.
   */
  async remove(name: string, revision: number, also: readonly Change[] = []): Promise<void> {
    const wanted = this.#key('wanted', name);
    const statuses = await this.#statuses(name);
    this.#known.delete(wanted);
    await this.#state.commit(
      [{ key: wanted, revision }],
      [
        ...[wanted, ...statuses.map(({ key }) => key)].map((key) => ({ key, delete: true }) as const),
        ...this.#serials(name),
        ...also,
      ],
    );
  }

  /**
   * What a node has of one; nothing where it is not as it was read any more. `report`: absent, it has nothing of it; `also`: what
   * changes with it.
   */
  async report(
    name: string,
    node: string,
    report: Report | undefined,
    conditions: readonly Condition[],
    also: readonly Change[] = [],
  ): Promise<number | undefined> {
    const key = `${this.#key('status', name)}/${node}`;
    return this.#state.commit(conditions, [
      report === undefined ? { key, delete: true } : { key, value: report },
      ...also,
    ]);
  }

  /** What nodes have reported of one. */
  async reports(name: string): Promise<Reports> {
    return reportsIn(await this.#statuses(name));
  }

  /** What puts one into the state, or takes one out, with whatever else is committed at once; not what nodes have reported. */
  putting({ wanted, status }: Stored<Wanted>): Change[] {
    const statuses = this.#shared ? [] : [{ key: this.#key('status', wanted.name), value: status }];
    return [this.#want(wanted), ...statuses, ...this.#serials(wanted.name)];
  }

  taking({ wanted: { name } }: Pick<Stored<Wanted>, 'wanted'>): Change[] {
    const keys = [this.#key('wanted', name), ...(this.#shared ? [] : [this.#key('status', name)])];
    return [...keys.map((one) => ({ key: one, delete: true }) as const), ...this.#serials(name)];
  }

  /** What each node has reported of one, as it is stored. */
  reporting(name: string, reports: Reports): Change[] {
    return [...reports].map(([node, value]) => ({ key: `${this.#key('status', name)}/${node}`, value }));
  }

  /** What lets all that was decided by a look at these be decided again. `by`: who does so. */
  touched(by: string): Change {
    return { key: `${this.#prefix}serial`, value: by };
  }

  /** What is noted beside resources, forgotten: for when there are none any more, and never will be. */
  forgotten(): Change {
    return { key: `${this.#prefix}serial`, delete: true };
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

  async #statuses(name: string): Promise<readonly Entry[]> {
    const key = this.#key('status', name);
    if (this.#shared) return (await this.#state.list(`${key}/`)).entries;
    const status = await this.#state.get(key);
    return status ? [status] : [];
  }

  #kept({ key, value, revision }: Entry, statuses: readonly Entry[]): Kept<Wanted> {
    const name = this.#nameIn(key);
    const known = this.#known.get(key);
    const wanted =
      known?.revision === revision
        ? known.wanted
        : this.#complete(fromRecord(this.#kind, value, name, `what is stored as ${key}`), key);
    this.#known.set(key, { revision, wanted });
    const status = this.#shared
      ? this.#shared.status(wanted, revision, reportsIn(statuses))
      : ((statuses[0]?.value as Status | undefined) ?? pending);
    return { wanted, revision, status };
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

  #serials(by: string): Change[] {
    const keys = [
      `${this.#prefix}serial`,
      ...(this.#shared?.serial === undefined ? [] : [this.#shared.serial]),
    ];
    return keys.map((key) => ({ key, value: by }));
  }

  #key(part: 'wanted' | 'status', name: string): string {
    return `${this.#prefix}${part}/${name}`;
  }

  /** Empty for a key that is of no resource. */
  #nameIn(key: Changed['key']): string {
    return /^(?:wanted|status)\/([^/]+)/.exec(key.slice(this.#prefix.length))?.[1] ?? '';
  }
}

/** Of keys that end with the name of a node. */
function reportsIn(entries: readonly Entry[]): Reports {
  return new Map(
    entries.map(({ key, value }) => [key.slice(key.lastIndexOf('/') + 1), value as Report] as const),
  );
}
