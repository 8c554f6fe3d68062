import type { HostAccess } from '../host-access.ts';
import type { Clients } from './clients.ts';
import { engineError, isNotFound } from './errors.ts';
import type { Flavour } from './flavours.ts';

/** The links of this host that an engine's networks are made of. */
export class DockerHost implements HostAccess {
  readonly #clients: Clients;
  readonly #flavour: Flavour;

  constructor(clients: Clients, flavour: Flavour) {
    this.#clients = clients;
    this.#flavour = flavour;
  }

  async bridgeOf(network: string): Promise<string | undefined> {
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
