import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../lib/log.ts';
import type { EtcdClient } from './etcd-client.ts';
import { epochAfter, type Tenure } from './tenure.ts';

/** Seconds after which somebody else may act when a controller is heard of no more. */
const ttl = 5;
/** Milliseconds between two words to etcd, as holder and as one that waits. */
const keepEvery = 1000;
const lookEvery = 500;

const holderKey = 'heddle/edge/controller';
const epochKey = 'heddle/edge/epoch';

/**
 * Waits until etcd gives the right to act, which one controller has at a time.
 * @param known epochs that the new one has to be later than
 * @throws the signal's reason, when it comes first
 */
export async function campaign(
  etcd: EtcdClient,
  controller: string,
  known: readonly number[],
  signal: AbortSignal,
  log: Log,
): Promise<Tenure> {
  let said = '';
  const say = (what: string) => {
    if (what !== said) log.info({}, what);
    said = what;
  };
  for (;;) {
    try {
      const tenure = await attempt(etcd, controller, known);
      if (typeof tenure !== 'string') return tenure;
      say(`waiting: ${tenure} is in charge`);
    } catch (error) {
      say(`waiting: ${(error as Error).message}`);
    }
    await sleep(lookEvery, undefined, { signal });
  }
}

/** The right to act, or who has it. */
async function attempt(
  etcd: EtcdClient,
  controller: string,
  known: readonly number[],
): Promise<EtcdTenure | string> {
  const holder = await etcd.get(holderKey);
  if (holder.value !== undefined) return holder.value;
  const before = await etcd.get(epochKey);
  const epoch = epochAfter(
    [...known, ...(before.value === undefined ? [] : [Number(before.value)])],
    Date.now(),
  );
  // On the local clock it ends before etcd lets anybody else have it.
  const from = performance.now();
  const lease = await etcd.grant(ttl);
  const isOurs = await etcd.setIf(
    { [holderKey]: holder.revision, [epochKey]: before.revision },
    { [holderKey]: { value: controller, lease }, [epochKey]: { value: String(epoch) } },
  );
  if (isOurs) return new EtcdTenure(etcd, lease, epoch, from);
  await etcd.revoke(lease);
  return 'another controller';
}

class EtcdTenure implements Tenure {
  readonly epoch: number;
  readonly lost: Promise<string>;
  readonly #etcd: EtcdClient;
  readonly #lease: string;
  readonly #timer: NodeJS.Timeout;
  /** On the clock of `performance.now()`, which no correction of the time moves. */
  #until: number;
  #lose = (_reason: string): void => {};

  constructor(etcd: EtcdClient, lease: string, epoch: number, from: number) {
    this.#etcd = etcd;
    this.#lease = lease;
    this.epoch = epoch;
    this.#until = from + ttl * 1000;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    this.#timer = setInterval(() => this.#keep(), keepEvery);
  }

  get isHeld(): boolean {
    return performance.now() < this.#until;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    const isHeld = this.isHeld;
    this.#until = 0;
    // What cannot be given back ends by itself.
    if (isHeld) await this.#etcd.revoke(this.#lease).catch(() => {});
  }

  async #keep(): Promise<void> {
    const from = performance.now();
    let reason = 'etcd gave it to nobody else, but could not be asked in time';
    try {
      if (await this.#etcd.keep(this.#lease)) this.#until = from + ttl * 1000;
      else {
        reason = 'etcd has ended its lease';
        this.#until = 0;
      }
    } catch (error) {
      reason = (error as Error).message;
    }
    if (this.isHeld) return;
    clearInterval(this.#timer);
    this.#lose(reason);
  }
}
