import { randomBytes } from 'node:crypto';
import { HeddleError } from '../../lib/errors.ts';
import { addressText, prefixOf } from '../../networks/ip/prefix.ts';
import { removeIfThere } from '../../networks/standard/ensure.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { invalidError } from '../../networks/standard/parsed.ts';
import { familyOf, type Subnet, seen, subnetsOf } from '../seen.ts';
import type { HeldSubnets } from './held-subnets.ts';
import type { NewPool } from './messages.ts';
import { isReserved, lengthened, prefixText, reservedLabel, withoutLength } from './wishes.ts';

interface Found {
  readonly network: Network;
  readonly subnet: Subnet;
}

/**
 * What Docker asks of a driver of addresses, before it asks for what has them: a subnet before its network, an address before its
 * endpoint. Of a network nothing may be there yet: Docker refuses a subnet that the host has a route to. An address is an endpoint's
 * from the first: nobody else gets it meanwhile, whatever ends or starts anew. A pool is known by its subnet.
 */
export class IpamDriver {
  readonly #networking: NetworkingService;
  readonly #held: HeldSubnets;

  constructor(networking: NetworkingService, held: HeldSubnets) {
    this.#networking = networking;
    this.#held = held;
  }

  async requestPool({ Pool, SubPool, Options, V6 }: NewPool) {
    const asked = Pool === '' ? undefined : prefixText(Pool);
    const family = V6 ? 6 : 4;
    const name = Options?.['network'];
    if (name !== undefined) {
      const own = subnetsOf(await this.#networking.networks.read(name)).map(({ subnet }) => subnet);
      const found = own.find((one) => (asked ? one === asked : familyOf(one) === family));
      if (found === undefined)
        throw invalidError(`network ${name}: it has no subnet ${asked ?? `of IPv${family}`}`);
      return poolOf(found);
    }
    if (asked !== undefined) {
      this.#held.hold(asked, SubPool === '' ? '' : prefixText(SubPool), Date.now());
      return poolOf(asked);
    }
    if (SubPool !== '') throw invalidError('a range is one of a subnet: say --subnet too');
    const taken = (await this.#networking.networks.list()).flatMap(subnetsOf).map(({ subnet }) => subnet);
    return poolOf(this.#held.choose(family, taken, Date.now()));
  }

  releasePool(id: string): void {
    this.#held.release(id);
  }

  async requestAddress(id: string, asked: string, isGateway: boolean) {
    const found = await this.#find(id);
    if (isGateway) return gatewayOf(prefixText(id), found, withoutLength(asked));
    if (!found) throw new HeddleError('ERR_NETWORK_POOL', `subnet ${id.slice(0, 60)}: no network has it`);
    const { network, subnet } = found;
    const endpoint = await this.#networking.endpoints(network.name).create({
      name: `docker.${randomBytes(6).toString('hex')}`,
      attachment: { kind: 'handed' },
      labels: { [reservedLabel]: 'true' },
      options: asked === '' ? {} : { addresses: [withoutLength(asked)] },
    });
    const Address = seen(endpoint).addresses.find((one) => familyOf(one) === familyOf(subnet.subnet));
    return { Address, Data: {} };
  }

  /** What an endpoint has by now goes with that. */
  async releaseAddress(id: string, address: string): Promise<void> {
    const found = await this.#find(id);
    if (!found) return;
    const endpoints = this.#networking.endpoints(found.network.name);
    const those = (await endpoints.list()).filter((one) => isReserved(one, [withoutLength(address)]));
    for (const { name } of those) await removeIfThere(endpoints, name);
  }

  async #find(id: string): Promise<Found | undefined> {
    for (const network of await this.#networking.networks.list()) {
      const subnet = subnetsOf(network).find((one) => one.subnet === id);
      if (subnet) return { network, subnet };
    }
    return undefined;
  }
}

function poolOf(subnet: string) {
  return { PoolID: subnet, Pool: subnet, Data: {} };
}

/** Of a network that is there, its own; else what was asked for, or the first address. */
function gatewayOf(subnet: string, found: Found | undefined, asked: string) {
  const { gateway = firstOf(subnet) } = found?.subnet ?? {};
  if (found && asked !== '' && asked !== gateway)
    throw new HeddleError(
      'ERR_NETWORK_POOL',
      `network ${found.network.name}: its gateway is ${gateway}, not ${asked}`,
    );
  return { Address: lengthened(asked === '' ? gateway : asked, subnet), Data: {} };
}

function firstOf(subnet: string): string {
  const { family, first } = prefixOf(subnet);
  return addressText(family, first + 1n);
}
