import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import type { Network, NetworkWish } from '../../networks/standard/network.ts';
import type { NetworkingService, Resources } from '../../networks/standard/networking-service.ts';
import type { NetworkTraffic } from '../../networks/standard/traffic.ts';

/** Milliseconds that it may take to say what it has; what it does may take longer. */
const patience = 5000;

/**
 * A networking service that may be away: whoever asks then is told so, and why. Which networks it has is known from when it was
 * there, so that those of others can be told apart from its own, and made.
 */
export class PresentService implements NetworkingService {
  readonly networks: Resources<Network, NetworkWish>;
  readonly #name: string;
  readonly #current: () => NetworkingService | string;
  /** Nothing before it was there the first time. */
  #known: ReadonlyMap<string, Network> | undefined;

  /** @param current what answers now; a text: why nobody does */
  constructor(name: string, current: () => NetworkingService | string) {
    this.#name = name;
    this.#current = current;
    const own = this.#resources(() => this.#there().networks);
    this.networks = {
      ...own,
      create: async (wish, key) => this.#know(await own.create(wish, key)),
      update: async (wish, revision, key) => this.#know(await own.update(wish, revision, key)),
      read: (network) => own.read(network).catch((error) => this.#remember(network, error)),
      list: () => this.look().catch((error) => this.#remembered(error)),
      delete: async (network, revision) => {
        await own.delete(network, revision);
        this.#known = new Map([...(this.#known ?? [])].filter(([name]) => name !== network));
      },
    };
  }

  readonly traffic: NetworkTraffic = {
    counters: (network) => this.#asked(() => this.#there().traffic.counters(network)),
    flows: (network) => this.#asked(() => this.#there().traffic.flows(network)),
    trace: (network, frame) => this.#asked(() => this.#there().traffic.trace(network, frame)),
    directory: (network) => this.#asked(() => this.#there().traffic.directory(network)),
  };

  endpoints(network: string) {
    return this.#resources(() => this.#there().endpoints(network));
  }

  /** Its networks, from itself alone. @throws HeddleError ERR_SERVICE_ABSENT */
  async look(): Promise<Network[]> {
    const networks = await this.#soon(() => this.#there().networks.list());
    this.#known = new Map(networks.map((network) => [network.name, network]));
    return networks;
  }

  #know(network: Network): Network {
    this.#known = new Map(this.#known).set(network.name, network);
    return network;
  }

  /** What it has not when it is away, it had not when it was there. */
  #remember(name: string, error: unknown): Network {
    const isAway = isHeddleError(error, 'ERR_SERVICE_ABSENT');
    if (isAway && this.#known && !this.#known.has(name))
      throw new HeddleError(
        'ERR_RESOURCE_UNKNOWN',
        `network ${JSON.stringify(name.slice(0, 230))}: there is none`,
      );
    const found = isAway ? this.#known?.get(name) : undefined;
    if (!found) throw error;
    return away(found, error as HeddleError);
  }

  #remembered(error: unknown): Network[] {
    if (!this.#known || !isHeddleError(error, 'ERR_SERVICE_ABSENT')) throw error;
    return [...this.#known.values()].map((network) => away(network, error));
  }

  #there(): NetworkingService {
    const found = this.#current();
    if (typeof found !== 'string') return found;
    throw this.#absent(found);
  }

  #resources<Resource, Wish>(of: () => Resources<Resource, Wish>): Resources<Resource, Wish> {
    const translated = (error: unknown) => this.#translated(error);
    return {
      create: (wish, key) => this.#asked(() => of().create(wish, key)),
      read: (one) => this.#soon(() => of().read(one)),
      list: () => this.#soon(() => of().list()),
      update: (wish, revision, key) => this.#asked(() => of().update(wish, revision, key)),
      delete: (one, revision) => this.#asked(() => of().delete(one, revision)),
      async *watch(signal, after) {
        try {
          yield* of().watch(signal, after);
        } catch (error) {
          throw translated(error);
        }
      },
    };
  }

  /** One that hangs is as good as away. */
  async #soon<T>(ask: () => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(this.#absent('it does not answer')), patience);
    try {
      return await Promise.race([this.#asked(ask), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.#translated(error);
    }
  }

  /** A service that crashes while it is asked is no node that is not there. */
  #translated(error: unknown): unknown {
    return isHeddleError(error, 'ERR_NODE_ABSENT') ? this.#absent('it does not answer', error) : error;
  }

  #absent(why: string, cause?: unknown): HeddleError {
    return new HeddleError('ERR_SERVICE_ABSENT', `the networking service of ${this.#name}: ${why}`, {
      cause,
    });
  }
}

/** As it was when it was seen last; by now nobody knows. */
function away(network: Network, { message }: HeddleError): Network {
  return { ...network, status: { ...network.status, phase: 'failed', reason: message } };
}
