/**
 * What is wanted and what is seen of networks, by key: `networks/lab`. Values are JSON, and unchecked. Each change has a
 * revision: a number that only grows, and that all who share the state see in the same order.
 */
export interface StateManager {
  get(key: string): Promise<Entry | undefined>;
  /** The entries under a prefix, sorted by key, as they were together at `revision`. */
  list(prefix: string): Promise<Listing>;
  /**
   * Makes all changes, or none: when a condition does not hold any more.
   * @returns the revision that the changed entries have by now; nothing when a condition did not hold
   * @throws HeddleError ERR_STATE, ERR_STATE_UNREACHABLE, ERR_DISK_FULL
   */
  commit(conditions: readonly Condition[], changes: readonly Change[]): Promise<number | undefined>;
  /**
   * What changes under a prefix after a revision, in order, until the signal aborts.
   * @throws HeddleError ERR_WATCH_EXPIRED when changes that were asked for are not kept any more
   */
  watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Changed>;
  close(): Promise<void>;
}

export interface Entry {
  readonly key: string;
  readonly value: unknown;
  /** Of its last change. */
  readonly revision: number;
}

export interface Listing {
  readonly entries: readonly Entry[];
  readonly revision: number;
}

/** An entry that was read is as it was read; 0: there is none. */
export interface Condition {
  readonly key: string;
  readonly revision: number;
}

export type Change =
  | { readonly key: string; readonly value: unknown }
  | { readonly key: string; readonly delete: true };

/** `value` is absent when the entry was deleted. */
export interface Changed {
  readonly key: string;
  readonly revision: number;
  readonly value?: unknown;
}
