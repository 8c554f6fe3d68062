import type { HostAccess } from '../host-access.ts';
import type { Clients } from './clients.ts';
import { engineError, isNotFound } from './errors.ts';
import type { Flavour } from './flavours.ts';

/** The links of this host that an engine's networks are made of; none, where it is on another. */
export class DockerHost implements HostAccess {
  readonly #clients: Clients;
  readonly #flavour: Flavour;
  readonly #here: boolean;

  constructor(clients: Clients, flavour: Flavour, here: boolean) {
    this.#clients = clients;
    this.#flavour = flavour;
    this.#here = here;
  }

  async bridgeOf(network: string): Promise<string | undefined> {
    // A bridge of this host may bear the same name.
    if (!this.#here) return undefined;
    const { api, unversioned } = this.#clients;
    try {
      const info = await api.getNetwork(network).inspect();
      return info.Driver === 'bridge'
        ? await this.#flavour.bridgeName(unversioned, network, info)
        : undefined;
    } catch (cause) {
      if (isNotFound(cause)) return undefined;
      throw engineError(cause, `looking at the network ${network}`);
    }
  }
}
