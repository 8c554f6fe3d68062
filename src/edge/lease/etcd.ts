import { HeddleError } from '../../lib/errors.ts';
import { EtcdClient } from '../../state/etcd/client.ts';
import { decode } from '../../state/etcd/keys.ts';
import { get, grant, keep, revoke, transaction } from '../../state/etcd/questions.ts';
import type { EtcdTls } from '../../state/etcd/tls.ts';
import type { Question } from '../../state/etcd/transport.ts';
import type { LeaseStore } from './campaign.ts';
import { ControllerLease, epochAfter, type Lease } from './lease.ts';

/** Seconds after which somebody else may act when a controller is heard of no more. */
const ttl = 5;
const times = { term: ttl * 1000, every: 1000 };
/** Who waits asks again by itself. */
const patience = { limit: 2000, insist: false };

const holderKey = 'heddle/edge/controller';
const epochKey = 'heddle/edge/epoch';

/** The right to act as a key of etcd that goes with its lease. */
export class EtcdStore implements LeaseStore {
  readonly #etcd: EtcdClient;

  /**
   * @param tls read anew for every question
   * @throws HeddleError ERR_USAGE for what is no URL
   */
  constructor(url: string, tls?: () => EtcdTls) {
    this.#etcd = new EtcdClient([url], tls);
  }

  async attempt(controller: string, known: readonly number[]): Promise<Lease | string> {
    const [holder] = (await this.#ask(get(holderKey))).kvs;
    if (holder) return `${decode(holder.value)} is in charge`;
    const [before] = (await this.#ask(get(epochKey))).kvs;
    const epoch = epochAfter([...known, ...(before ? [Number(decode(before.value))] : [])], Date.now());
    // On the local clock it ends before etcd lets anybody else have it.
    const from = performance.now();
    const { ID: lease } = await this.#ask(grant(ttl));
    const { succeeded } = await this.#ask(
      transaction(
        [
          { key: holderKey, revision: 0 },
          { key: epochKey, revision: before?.mod_revision ?? 0 },
        ],
        [
          { key: holderKey, value: controller, lease },
          { key: epochKey, value: String(epoch), lease: '0' },
        ],
      ),
    );
    const giveBack = async () => void (await this.#ask(revoke(lease)));
    if (!succeeded) {
      await giveBack();
      return 'another controller is in charge';
    }
    const hold = {
      keep: async () =>
        (await this.#ask(keep(lease))).result.TTL > 0 ? undefined : 'etcd has ended its lease',
      giveBack,
    };
    return new ControllerLease(epoch, hold, times, from);
  }

  async #ask<T>(question: Question<T>): Promise<T> {
    try {
      return await this.#etcd.ask(question, patience);
    } catch (cause) {
      throw new HeddleError('ERR_EDGE_LEASE', (cause as Error).message, { cause });
    }
  }
}
