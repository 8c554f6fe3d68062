import { HeddleError } from '../../lib/errors.ts';
import type { Endpoint, EndpointWish } from '../../networks/standard/endpoint.ts';
import { ensure, removeIfThere } from '../../networks/standard/ensure.ts';
import type { Network, NetworkWish } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { invalidError } from '../../networks/standard/parsed.ts';
import { unlessUnknown } from '../network-for.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import { subnetsOf } from '../seen.ts';
import { changed } from './changed.ts';
import type { HeldSubnets } from './held-subnets.ts';
import type { Binding, EndpointKey, NewEndpoint, NewNetwork } from './messages.ts';
import {
  addressingOf,
  endpointLabel,
  endpointWishOf,
  interfaceOf,
  isReserved,
  joinedOf,
  networkLabel,
  networkNameOf,
  networkWishOf,
  portsOf,
  reservedLabel,
} from './wishes.ts';

/** What Docker asks of a network driver. Which of its ids is what is kept in labels: nothing is forgotten with a process. */
export class NetworkDriver {
  readonly #networking: NetworkingService;
  readonly #held: HeldSubnets;
  readonly #ports: HostPorts;

  constructor(networking: NetworkingService, held: HeldSubnets, ports: HostPorts) {
    this.#networking = networking;
    this.#held = held;
    this.#ports = ports;
  }

  /** A network that is there is taken as it is, whoever made it. */
  async createNetwork(asked: NewNetwork): Promise<void> {
    const name = networkNameOf(asked);
    const key = `${networkLabel}${asked.NetworkID}`;
    const there = await unlessUnknown(this.#networking.networks.read(name));
    if (there) {
      refuseOthers(asked, there);
      if (there.labels[key] === undefined)
        await this.#label(name, (labels) => ({ ...labels, [key]: 'there before' }));
      return;
    }
    const wish = networkWishOf(asked, (subnet) => this.#held.rangeOf(subnet));
    await this.#networking.networks.create(wish);
    for (const { Pool } of addressingOf(asked)) this.#held.release(Pool);
  }

  /** One that Docker made goes; where others are on it by now, only Docker leaves it. */
  async deleteNetwork(id: string): Promise<void> {
    const key = `${networkLabel}${id}`;
    const network = await this.#find(id);
    if (!network) return;
    const isDockers = Object.keys(network.labels).filter((one) => one.startsWith(networkLabel)).length === 1;
    // Docker forgets what it had reserved where it is killed before it makes an endpoint of it.
    const isFree = isDockers && (await this.#withoutReserved(network.name));
    if (network.labels[key] === 'made' && isFree)
      return removeIfThere(this.#networking.networks, network.name);
    await this.#label(network.name, ({ [key]: _, ...labels }) => labels);
  }

  /** An endpoint whose addresses were asked for before is there already, under a label that says so. */
  async createEndpoint(asked: NewEndpoint) {
    const network = await this.#network(asked.NetworkID);
    const endpoints = this.#networking.endpoints(network.name);
    const wish = endpointWishOf(asked, network);
    const addresses = textsOf(wish.options?.['addresses']);
    const reserved = (await endpoints.list()).filter((one) => isReserved(one, addresses));
    const [first, ...others] = reserved;
    for (const { name } of others) await removeIfThere(endpoints, name);
    const made = first
      ? await changed(endpoints, first.name, (one) => ({ ...wishOf(one), ...wish, name: one.name }))
      : await ensure(endpoints, wish);
    return interfaceOf(asked, made);
  }

  async deleteEndpoint(key: EndpointKey): Promise<void> {
    const found = await this.#endpointIfThere(key);
    if (found) await removeIfThere(this.#networking.endpoints(found.network), found.name);
  }

  async join(key: EndpointKey) {
    return joinedOf(await this.#endpoint(key));
  }

  async publish(key: EndpointKey, bindings: readonly Binding[]): Promise<void> {
    const asked = portsOf(bindings);
    // What is gone publishes nothing.
    const endpoint = asked.length > 0 ? await this.#endpoint(key) : await this.#endpointIfThere(key);
    if (!endpoint) return;
    if (asked.length === 0 && textsOf(endpoint.options['ports']).length === 0) return;
    const { network, name } = endpoint;
    await this.#ports.publish(asked, { network, endpoint: name }, (ports) =>
      changed(this.#networking.endpoints(network), name, (one) => ({
        ...wishOf(one),
        options: { ...one.options, ports },
      })),
    );
  }

  /** Takes away what is no more than addresses; whether nothing else is there. */
  async #withoutReserved(name: string): Promise<boolean> {
    const endpoints = this.#networking.endpoints(name);
    const all = await endpoints.list();
    const reserved = all.filter(({ labels }) => labels[reservedLabel] !== undefined);
    for (const one of reserved) await removeIfThere(endpoints, one.name);
    return reserved.length === all.length;
  }

  async #label(name: string, change: (labels: Network['labels']) => Network['labels']): Promise<void> {
    await changed(
      this.#networking.networks,
      name,
      ({ archetype, mtu, labels, options }): NetworkWish => ({
        name,
        archetype,
        mtu,
        labels: change(labels),
        options,
      }),
    );
  }

  async #find(id: string): Promise<Network | undefined> {
    const all = await this.#networking.networks.list();
    return all.find(({ labels }) => labels[`${networkLabel}${id}`] !== undefined);
  }

  async #network(id: string): Promise<Network> {
    const found = await this.#find(id);
    if (found) return found;
    throw new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `Docker’s network ${id.slice(0, 12)}: Heddle has none of it`,
      {
        hint: 'it was removed at Heddle; remove it at Docker as well, and make it anew',
      },
    );
  }

  async #endpointIfThere({ NetworkID, EndpointID }: EndpointKey): Promise<Endpoint | undefined> {
    const network = await this.#find(NetworkID);
    return network && this.#findEndpoint(network, EndpointID);
  }

  async #findEndpoint({ name }: Network, id: string): Promise<Endpoint | undefined> {
    const all = await this.#networking.endpoints(name).list();
    return all.find(({ labels }) => labels[endpointLabel] === id);
  }

  async #endpoint({ NetworkID, EndpointID }: EndpointKey): Promise<Endpoint> {
    const found = await this.#findEndpoint(await this.#network(NetworkID), EndpointID);
    if (found) return found;
    throw new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `Docker’s endpoint ${EndpointID.slice(0, 12)}: Heddle has none of it`,
    );
  }
}

function wishOf({ name, node, attachment, mac, labels, options }: Endpoint): EndpointWish {
  return { name, ...(node !== undefined && { node }), attachment, mac, labels, options };
}

/** Docker would give addresses that are not the network's. */
function refuseOthers(asked: NewNetwork, there: Network): void {
  const own = subnetsOf(there).map(({ subnet }) => subnet);
  const other = addressingOf(asked).find(({ Pool }) => !own.includes(Pool));
  const archetype = asked.Options?.['com.docker.network.generic']?.['archetype'];
  if (archetype !== undefined && archetype !== there.archetype)
    throw invalidError(`network ${there.name}: archetype: it is there already, of ${there.archetype}`);
  if (!other) return;
  throw invalidError(
    `network ${there.name} is there already, with ${own.join(', ') || 'no subnet'}, and Docker would give addresses of ${other.Pool}`,
    'say --ipam-driver null, and Heddle gives the addresses',
  );
}

function textsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
