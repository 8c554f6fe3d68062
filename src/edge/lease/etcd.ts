import type { LeaseStore } from './campaign.ts';
import type { EtcdClient } from './etcd-client.ts';
import { epochAfter, type Lease } from './lease.ts';
import { RenewedLease } from './renewed-lease.ts';

/** Seconds after which somebody else may act when a controller is heard of no more. */
const ttl = 5;
const times = { term: ttl * 1000, every: 1000 };

const holderKey = 'heddle/edge/controller';
const epochKey = 'heddle/edge/epoch';

/** The right to act as a key of etcd that goes with its lease. */
export class EtcdStore implements LeaseStore {
  readonly #etcd: EtcdClient;

  constructor(etcd: EtcdClient) {
    this.#etcd = etcd;
  }

  async attempt(controller: string, known: readonly number[]): Promise<Lease | string> {
    const etcd = this.#etcd;
    const holder = await etcd.get(holderKey);
    if (holder.value !== undefined) return `${holder.value} is in charge`;
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
    if (!isOurs) {
      await etcd.revoke(lease);
      return 'another controller is in charge';
    }
    const hold = {
      keep: async () => ((await etcd.keep(lease)) ? undefined : 'etcd has ended its lease'),
      giveBack: () => etcd.revoke(lease),
    };
    return new RenewedLease(hold, epoch, times, from);
  }
}
