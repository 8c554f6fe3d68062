import { isHeddleError } from '../../lib/errors.ts';
import type { Listening } from '../../lib/listening.ts';
import { Turns } from '../../lib/turns.ts';
import type { Published } from '../../networks/ip/options.ts';
import { type PublishedAt, publishedBy } from '../../networks/ip/published-by.ts';
import type { Endpoint } from '../../networks/standard/endpoint.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { type AskedPort, choosePorts, isOpen, type TakenPort } from './choose-ports.ts';

/** Choices that came to nothing, because somebody else took one of them meanwhile. */
const most = 5;

interface Owner {
  readonly network: string;
  readonly endpoint: string;
}

/**
 * Ports of this host for endpoints that are content with any of several, as engines choose them. What a choice came to is kept with
 * its endpoint: there is no other book of it.
 */
export class HostPorts {
  readonly #networking: NetworkingService;
  readonly #node: string;
  readonly #listening: () => Promise<readonly Listening[]>;
  readonly #turns = new Turns();

  /** @param node the name of this one; `listening`: where programs of this host listen */
  constructor(networking: NetworkingService, node: string, listening: () => Promise<readonly Listening[]>) {
    this.#networking = networking;
    this.#node = node;
    this.#listening = listening;
  }

  /**
   * Has an endpoint made with ports of the host, and chooses again when one that was chosen is taken by then.
   * @throws HeddleError ERR_PORT_IN_USE, and whatever `make` throws
   */
  async publish<T>(
    asked: readonly AskedPort[],
    owner: Owner,
    make: (ports: Published[]) => Promise<T>,
  ): Promise<T> {
    if (!asked.some(isOpen)) return make(choosePorts(asked));
    return this.#turns.take('', async () => {
      const tried: TakenPort[] = [];
      for (let left = most; ; left--) {
        const { before, taken } = await this.#look(owner);
        const ports = choosePorts(asked, before, [...taken, ...tried]);
        try {
          return await make(ports);
        } catch (error) {
          if (left <= 1 || !isHeddleError(error, 'ERR_PORT_IN_USE')) throw error;
          // What took it need not be seen by a look.
          tried.push(...ports.filter((_, index) => isOpen(asked[index] as AskedPort)));
        }
      }
    });
  }

  async #look(owner: Owner): Promise<{ before: PublishedAt[]; taken: TakenPort[] }> {
    const networks = await this.#networking.networks.list();
    const [heard, ...lists] = await Promise.all([
      this.#listening(),
      ...networks.map(({ name }) => this.#networking.endpoints(name).list()),
    ]);
    const isOwner = ({ network, name }: Endpoint) => network === owner.network && name === owner.endpoint;
    const here = lists.flat().filter(({ node = this.#node }) => node === this.#node);
    return {
      before: here.filter(isOwner).flatMap(publishedBy),
      taken: [
        ...here.filter((one) => !isOwner(one)).flatMap(publishedBy),
        ...heard.map(({ protocol, address, port }) => ({ protocol, address, published: port })),
      ],
    };
  }
}
