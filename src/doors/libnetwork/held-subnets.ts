import { HeddleError } from '../../lib/errors.ts';
import { pools } from '../../networks/ip/pools.ts';
import { chooseSubnets } from '../../networks/ip/subnets.ts';
import { familyOf } from '../seen.ts';

/** Milliseconds after which whoever asked for a subnet has made no network of it. */
const patience = 60_000;
/** Docker asks again while it does not like one, for a route of the host perhaps. */
const most = 1024;

interface Held {
  readonly range?: string;
  readonly since: number;
}

/** Subnets that Docker was given, and has made no network of yet: a moment later it does, or gives them back. */
export class HeldSubnets {
  readonly #held = new Map<string, Held>();

  /**
   * One that nobody has. `taken`: what networks have.
   * @throws HeddleError ERR_NETWORK_POOL
   */
  choose(family: 4 | 6, taken: readonly string[], now: number): string {
    for (const [subnet, { since }] of this.#held) if (now - since > patience) this.#held.delete(subnet);
    if (this.#held.size >= most)
      throw new HeddleError(
        'ERR_NETWORK_POOL',
        `Docker has asked for ${most} subnets, and uses none of them`,
      );
    const theirs = [...taken, ...this.#held.keys()].map((prefix) => ({ prefix, by: 'another network' }));
    const wanted = { subnets: [], ipv6: family === 6 };
    const [chosen] = chooseSubnets('a subnet for Docker', wanted, theirs, pools)
      .map(({ subnet }) => subnet)
      .filter((subnet) => familyOf(subnet) === family);
    if (chosen === undefined) throw new HeddleError('ERR_INTERNAL', 'no subnet was chosen');
    this.hold(chosen, '', now);
    return chosen;
  }

  hold(subnet: string, range: string, now: number): void {
    this.#held.set(subnet, { since: now, ...(range !== '' && { range }) });
  }

  rangeOf(subnet: string): string | undefined {
    return this.#held.get(subnet)?.range;
  }

  release(subnet: string): void {
    this.#held.delete(subnet);
  }
}
