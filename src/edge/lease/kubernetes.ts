import type { Hold } from '../../state/renewed-lease.ts';
import type { LeaseStore } from './campaign.ts';
import type { LeaseClient } from './kubernetes-client.ts';
import {
  created,
  epochsOf,
  freed,
  type Holding,
  holderOf,
  isFreed,
  kept,
  type LeaseRecord,
  taken,
  transitionsOf,
} from './kubernetes-record.ts';
import { ControllerLease, epochAfter, type Lease } from './lease.ts';

export interface LeaseTimes {
  /** Seconds without a change after which somebody else may act. */
  readonly duration: number;
  /** Milliseconds between two words of the holder. */
  readonly every: number;
}

const usual: LeaseTimes = { duration: 6, every: 1000 };
/** What a holder acts for, of the time that it has: the clocks of two machines do not run alike. */
const share = 5 / 6;

/**
 * The right to act as a Lease of Kubernetes. The server keeps no time for it: who waits takes it when he saw no change for
 * its duration, on his own clock, and every write says which state of the Lease it is a change of.
 */
export class KubernetesStore implements LeaseStore {
  readonly #client: LeaseClient;
  readonly #times: LeaseTimes;
  /** The last state of the Lease, and when it was first seen, by `performance.now()`. */
  #seen: { readonly version: string | undefined; readonly at: number } | undefined;

  constructor(client: LeaseClient, times = usual) {
    this.#client = client;
    this.#times = times;
  }

  async attempt(controller: string, known: readonly number[]): Promise<Lease | string> {
    const found = await this.#client.get();
    const rest = this.#rest(found);
    // What is left of a time of its own needs no wait.
    const isFree = found !== undefined && (isFreed(found) || holderOf(found) === controller);
    if (rest > 0 && !isFree) return whyNot(found);
    const epoch = epochAfter([...known, ...(found ? epochsOf(found) : [])], Date.now());
    const holding = { holder: controller, epoch, duration: this.#times.duration };
    const from = performance.now();
    const lease = await (found
      ? this.#client.replace(taken(found, holding, new Date()))
      : this.#client.create(created(this.#client.name, holding, new Date())));
    if (!lease) return 'another controller is in charge';
    const { duration, every } = this.#times;
    const hold = new LeaseHold(this.#client, lease, holding);
    return new ControllerLease(epoch, hold, { term: duration * 1000 * share, every }, from);
  }

  /** Milliseconds that whoever holds it may still act. One that was deleted counts as well: somebody may have held it. */
  #rest(found: LeaseRecord | undefined): number {
    const now = performance.now();
    const version = found?.metadata.resourceVersion;
    if (!this.#seen || this.#seen.version !== version) this.#seen = { version, at: now };
    const duration = Math.max(this.#times.duration, found?.spec.leaseDurationSeconds ?? 0);
    return this.#seen.at + duration * 1000 - now;
  }
}

function whyNot(found: LeaseRecord | undefined): string {
  if (!found) return 'the Lease is not there; who may have held it has a moment';
  const holder = holderOf(found);
  return holder ? `${holder} is in charge` : 'nobody holds the Lease; who may have held it has a moment';
}

/** One that was deleted is made again, and one that somebody else changed is kept as it is now. */
class LeaseHold implements Hold {
  readonly #client: LeaseClient;
  readonly #holding: Holding;
  #lease: LeaseRecord;

  constructor(client: LeaseClient, lease: LeaseRecord, holding: Holding) {
    this.#client = client;
    this.#lease = lease;
    this.#holding = holding;
  }

  async keep(): Promise<string | undefined> {
    const client = this.#client;
    let lease = await client.replace(kept(this.#lease, this.#holding, new Date()));
    if (!lease) {
      const found = await client.get();
      if (found && holderOf(found) !== this.#holding.holder)
        return `${holderOf(found) || 'nobody'} holds the Lease now`;
      lease = await (found
        ? client.replace(kept(found, this.#holding, new Date()))
        : client.create(created(client.name, this.#holding, new Date(), transitionsOf(this.#lease))));
    }
    if (!lease) throw new Error('the Lease changed while it was written');
    this.#lease = lease;
    return undefined;
  }

  async giveBack(): Promise<void> {
    if (await this.#client.replace(freed(this.#lease))) return;
    const found = await this.#client.get();
    if (found && holderOf(found) === this.#holding.holder) await this.#client.replace(freed(found));
  }
}
