import { RenewedLease } from '../renewed-lease.ts';
import type { EtcdClient, Patience } from './client.ts';
import { grant, keep, revoke } from './questions.ts';

/** What a holder counts on, of the time that it has: the clocks of two machines do not run alike. */
const share = 5 / 6;
/** Milliseconds to give one back: it ends by itself. */
const farewell = 1000;

/** A lease of etcd, which is kept until it is released. */
export class EtcdLease extends RenewedLease {
  readonly id: string;

  private constructor(id: string, ...rest: ConstructorParameters<typeof RenewedLease>) {
    super(...rest);
    this.id = id;
  }

  /**
   * @param seconds after which it ends when etcd hears no more; etcd takes no less than 2
   * @throws EtcdFailure
   */
  static async take(client: EtcdClient, seconds: number, patience: Patience): Promise<EtcdLease> {
    const from = performance.now();
    const { ID: id, TTL } = await client.ask(grant(seconds), patience);
    const term = TTL * 1000;
    const hold = {
      keep: async () => {
        const { result } = await client.ask(keep(id), { limit: term / 2 });
        return result.TTL > 0 ? undefined : 'etcd has ended its lease';
      },
      giveBack: async () => void (await client.ask(revoke(id), { limit: farewell, insist: false })),
    };
    return new EtcdLease(id, hold, { term: term * share, every: term / 4 }, from);
  }
}
