import { setTimeout as sleep } from 'node:timers/promises';
import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Lease } from './lease.ts';

/** What gives the right to act to one controller at a time. */
export interface LeaseStore {
  /**
   * Takes it, if nobody has it.
   * @param known epochs that the new one has to be later than
   * @returns it, or why it has to wait
   * @throws HeddleError ERR_EDGE_LEASE
   */
  attempt(controller: string, known: readonly number[]): Promise<Lease | string>;
}

/**
 * Waits until a store gives the right to act.
 * @param every milliseconds between two looks of one that waits
 * @throws the signal's reason, when it comes first
 */
export async function campaign(
  store: LeaseStore,
  controller: string,
  known: readonly number[],
  signal: AbortSignal,
  log: Log,
  every = 500,
): Promise<Lease> {
  let said = '';
  const say = (what: string, error?: HeddleError) => {
    if (what === said) return;
    said = what;
    if (error) log.error({ code: error.code, hint: error.hint }, what);
    else log.info({}, what);
  };
  for (;;) {
    try {
      const lease = await store.attempt(controller, known);
      if (typeof lease !== 'string') return lease;
      say(`waiting: ${lease}`);
    } catch (error) {
      say(`waiting: ${(error as Error).message}`, toHeddleError(error));
    }
    await sleep(every, undefined, { signal });
  }
}
