/**
 * What is wanted and what is seen of networks, by key: `networks/lab`. Values are JSON, and unchecked. Each change has a
 * revision: a number that only grows, and that all who share the state see in the same order.
 */
export interface StateManager {
  /**
   * Whether what is read is what is so now. If not, those who share the state are not reached, or no majority of them: what is
   * read is what was last seen of it.
   */
  readonly isCurrent: boolean;
  /** Why it is not. */
  readonly problem?: string | undefined;
  /** @throws HeddleError ERR_STATE, ERR_STATE_UNREACHABLE when nothing was seen so far, as all that reads */
  get(key: string): Promise<Entry | undefined>;
  /** The entries under a prefix, sorted by key, as they were together at `revision`. */
  list(prefix: string): Promise<Listing>;
  /**
   * Makes all changes, or none: when a condition does not hold any more.
   * @returns the revision that the changed entries have by now; nothing when a condition did not hold
   * @throws HeddleError ERR_STATE, ERR_STATE_LIMIT, ERR_STATE_LEASE, ERR_DISK_FULL; ERR_STATE_UNREACHABLE when none was made;
   *   ERR_STATE_UNCERTAIN when it could not be found out whether they were
   */
  commit(conditions: readonly Condition[], changes: readonly Change[]): Promise<number | undefined>;
  /**
   * What changes under a prefix after a revision, in order, until the signal aborts.
   * @throws HeddleError ERR_WATCH_EXPIRED when changes that were asked for are not kept any more
   */
  watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Changed>;
  /**
   * What entries may bear that are there only as long as who made them is.
   * @param seconds after which they go when nothing is heard of it any more: from 2 to 3600
   * @throws HeddleError ERR_STATE_UNREACHABLE
   */
  lease(seconds: number): Promise<Lease>;
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
  /** With a lease, the entry goes with it, unless it is put again without. */
  | { readonly key: string; readonly value: unknown; readonly lease?: Lease }
  | { readonly key: string; readonly delete: true };

/** `value` is absent when the entry was deleted. */
export interface Changed {
  readonly key: string;
  readonly revision: number;
  readonly value?: unknown;
}

/** Is kept until it is released or lost, or the manager closed; its entries go with it. */
export interface Lease {
  /** Whether it still holds, as far as the clock here says: it ends here before its entries go. */
  readonly isHeld: boolean;
  /** Resolves with the reason when it does not hold any more, and was not released. */
  readonly lost: Promise<string>;
  /** Gives it up: its entries are deleted at once, where they can be. */
  release(): Promise<void>;
}
