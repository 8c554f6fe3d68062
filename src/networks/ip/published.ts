import { HeddleError } from '../../lib/errors.ts';
import type { Namespace } from '../ip.ts';
import { nft } from '../nft.ts';
import { listening } from './listening.ts';
import { mappingsTo, observeElements } from './observe.ts';
import { addElements, deleteElements, type Element, endpointElements } from './rules.ts';
import type { IpEndpoint } from './settle.ts';
import { shadowed } from './shadowed.ts';

/** What leads from ports of the host to endpoints. */
export class PublishedPorts {
  readonly #host: Namespace;
  /** By endpoint: what was made, or was seen to lead there. */
  readonly #there = new Map<string, readonly Element[]>();

  constructor(host: Namespace) {
    this.#host = host;
  }

  /**
   * Lets what is published lead to an endpoint, and nothing else that did before.
   * @throws HeddleError ERR_PORT_IN_USE when a port is another endpoint's already, or a program of this host listens there
   */
  async publish(endpoint: IpEndpoint): Promise<void> {
    const wanted = endpointElements(endpoint);
    const words = new Set(wanted.map(wordsOf));
    const before = this.#there.get(endpoint.id) ?? [];
    await this.#withdraw(before.filter((element) => !words.has(wordsOf(element))));
    this.#there.set(endpoint.id, wanted);
    if (wanted.length === 0) return;
    await refuseShadowing(this.#host, endpoint, wanted);
    try {
      await nft(this.#host, addElements(wanted).join('\n'));
    } catch (cause) {
      if (!String(cause).includes('File exists')) throw cause;
      const ports = endpoint.options.ports
        .map(({ published, protocol }) => `${published}/${protocol}`)
        .join(', ');
      throw new HeddleError(
        'ERR_PORT_IN_USE',
        `endpoint ${endpoint.name} of ${endpoint.network}: of the ports ${ports}, one leads to another endpoint`,
        { cause },
      );
    }
  }

  /** Takes away what leads to this endpoint: one that could not be made has nothing, and another's stays. */
  async unpublish(endpoint: IpEndpoint): Promise<void> {
    await this.#withdraw([...endpointElements(endpoint), ...(this.#there.get(endpoint.id) ?? [])]);
    this.#there.delete(endpoint.id);
  }

  /** Whether just what is published leads to an endpoint; what does besides, the next turn takes away. */
  isPublished(endpoint: IpEndpoint, found: ReadonlySet<string>): boolean {
    const wanted = endpointElements(endpoint);
    const words = new Set(wanted.map(wordsOf));
    const surplus = mappingsTo(endpoint.options.addresses, found).filter((one) => !words.has(wordsOf(one)));
    if (surplus.length > 0) this.#there.set(endpoint.id, [...wanted, ...surplus]);
    return surplus.length === 0 && wanted.every((element) => found.has(wordsOf(element)));
  }

  async #withdraw(elements: readonly Element[]): Promise<void> {
    if (elements.length === 0) return;
    const found = await observeElements(this.#host);
    const byWords = new Map(elements.map((element) => [wordsOf(element), element]));
    const own = [...byWords].flatMap(([words, element]) => (found.has(words) ? [element] : []));
    if (own.length > 0) await nft(this.#host, deleteElements(own).join('\n'));
  }
}

/** A port that leads to the endpoint already stays: who listens there since then came too late. */
async function refuseShadowing(
  host: Namespace,
  endpoint: IpEndpoint,
  elements: readonly Element[],
): Promise<void> {
  const { addresses, ports } = endpoint.options;
  const families = new Set(addresses.map((address) => (address.includes(':') ? 6 : 4)));
  const heard = await listening();
  const taken = ports.flatMap((port) => {
    const by = shadowed(port, families, heard);
    return by ? [by] : [];
  });
  const [first] = taken;
  if (!first) return;
  const found = await observeElements(host);
  if (elements.every((element) => found.has(wordsOf(element)))) return;
  throw new HeddleError(
    'ERR_PORT_IN_USE',
    `endpoint ${endpoint.name} of ${endpoint.network}: a program of this host listens at ${first.protocol} port ${first.port} (${first.address}), and would hear nothing any more`,
  );
}

/** An element as `observeElements` has them. */
export function wordsOf({ in: container, key, data = [] }: Element): string {
  return [container, ...key, ...data].join(' ').replaceAll('/', ' ');
}
