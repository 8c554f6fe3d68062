import { setTimeout as pause } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import { type HeddleError, isHeddleError, toHeddleError } from '../../lib/errors.ts';
import type { Changed, Entry, StateManager } from '../../state/state-manager.ts';

/** Milliseconds until it is tried again, at first and at most. */
const again = { first: 250, longest: 5000 };

export interface Follower {
  /** What there is: at first, and whenever changes may have been missed. */
  all(entries: readonly Entry[]): void | Promise<void>;
  changed(change: Changed): void;
  /** Why it cannot be followed now; nothing when it can again. */
  failed(error: HeddleError | undefined): void;
}

/** Tells what there is under a prefix of a state, and then each change, until the signal aborts. */
export async function follow(
  state: StateManager,
  prefix: string,
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff(again.first, again.longest);
  while (!signal.aborted) {
    try {
      const { entries, revision } = await state.list(prefix);
      await follower.all(entries);
      follower.failed(undefined);
      backoff.reset();
      for await (const change of state.watch(prefix, revision, signal)) follower.changed(change);
    } catch (error) {
      if (signal.aborted) return;
      if (!isHeddleError(error, 'ERR_WATCH_EXPIRED')) follower.failed(toHeddleError(error));
    }
    await pause(backoff.nextScattered(), undefined, { signal }).catch(() => {});
  }
}
