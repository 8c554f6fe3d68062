import { randomBytes } from 'node:crypto';
import { HeddleError } from '../../lib/errors.ts';
import { removeIfThere } from '../../networks/standard/ensure.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { invalidError } from '../../networks/standard/parsed.ts';
import { familyOf } from '../seen.ts';
import type { NewPool } from './messages.ts';
import {
  isHeld,
  lengthened,
  poolLabel,
  prefixText,
  reservedLabel,
  type Subnet,
  subnetsOf,
  withoutLength,
} from './wishes.ts';

/**
 * What Docker asks of a driver of addresses, before it asks for what has them: a subnet before its network, an address before its
 * endpoint. So a network holds the subnet, and an endpoint the address, and each becomes what it is for: nobody else gets it
 * meanwhile, whatever ends or starts anew. A pool is known by its subnet.
 */
export class IpamDriver {
  readonly #networking: NetworkingService;

  constructor(networking: NetworkingService) {
    this.#networking = networking;
  }

  async requestPool({ Pool, SubPool, Options, V6 }: NewPool) {
    const name = Options?.['network'];
    const asked = Pool === '' ? undefined : prefixText(Pool);
    if (name !== undefined) {
      const own = subnetsOf(await this.#networking.networks.read(name));
      const found = own.find(({ subnet }) => (asked ? subnet === asked : familyOf(subnet) === (V6 ? 6 : 4)));
      if (!found) throw invalidError(`network ${name}: it has no subnet ${asked ?? `of IPv${V6 ? 6 : 4}`}`);
      return poolOf(found);
    }
    const there = asked === undefined ? undefined : await this.#find(asked);
    if (there) return poolOf(there.subnet);
    const held = await this.#networking.networks.create({
      name: `docker.pool.${randomBytes(6).toString('hex')}`,
      archetype: 'ip',
      labels: { [poolLabel]: 'held' },
      options: {
        internal: true,
        names: false,
        ...(asked !== undefined && {
          subnets: [{ subnet: asked, ...(SubPool !== '' && { range: prefixText(SubPool) }) }],
        }),
        ...(V6 && asked === undefined && { ipv6: true }),
      },
    });
    const [subnet] = subnetsOf(held).filter(
      (one) => asked !== undefined || familyOf(one.subnet) === (V6 ? 6 : 4),
    );
    if (!subnet) throw new HeddleError('ERR_INTERNAL', `network ${held.name} has no subnet`);
    return poolOf(subnet);
  }

  /** What became a network goes with that. */
  async releasePool(id: string): Promise<void> {
    const found = await this.#find(id);
    if (found && isHeld(found.network)) await removeIfThere(this.#networking.networks, found.network.name);
  }

  async requestAddress(id: string, asked: string, isGateway: boolean) {
    const found = await this.#find(id);
    if (!found) throw new HeddleError('ERR_NETWORK_POOL', `subnet ${id.slice(0, 60)}: no network has it`);
    const { network, subnet } = found;
    if (isGateway) return gatewayOf(network, subnet, withoutLength(asked));
    if (isHeld(network))
      throw invalidError('--aux-address: reserve an address by an endpoint that has it', 'leave it out');
    const endpoint = await this.#networking.endpoints(network.name).create({
      name: `docker.${randomBytes(6).toString('hex')}`,
      attachment: { kind: 'handed' },
      labels: { [reservedLabel]: 'true' },
      options: asked === '' ? {} : { addresses: [withoutLength(asked)] },
    });
    const given = (endpoint.options['addresses'] as string[]).find(
      (one) => familyOf(one) === familyOf(subnet.subnet),
    );
    return { Address: lengthened(given ?? '', subnet.subnet), Data: {} };
  }

  /** What an endpoint has by now goes with that. */
  async releaseAddress(id: string, address: string): Promise<void> {
    const found = await this.#find(id);
    if (!found) return;
    const endpoints = this.#networking.endpoints(found.network.name);
    const those = (await endpoints.list()).filter(
      ({ labels, options }) =>
        labels[reservedLabel] !== undefined &&
        (options['addresses'] as unknown[] | undefined)?.includes(withoutLength(address)),
    );
    for (const { name } of those) await removeIfThere(endpoints, name);
  }

  async #find(id: string): Promise<{ network: Network; subnet: Subnet } | undefined> {
    for (const network of await this.#networking.networks.list()) {
      const subnet = subnetsOf(network).find((one) => one.subnet === id);
      if (subnet) return { network, subnet };
    }
    return undefined;
  }
}

function poolOf({ subnet }: Subnet) {
  return { PoolID: subnet, Pool: subnet, Data: {} };
}

/** That of a network which is there is not Docker's to choose. */
function gatewayOf(network: Network, { subnet, gateway = '' }: Subnet, asked: string) {
  if (asked !== '' && asked !== gateway && !isHeld(network))
    throw new HeddleError(
      'ERR_NETWORK_POOL',
      `network ${network.name}: its gateway is ${gateway}, not ${asked}`,
    );
  return { Address: lengthened(asked === '' ? gateway : asked, subnet), Data: {} };
}
