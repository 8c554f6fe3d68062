import ipaddr from 'ipaddr.js';
import type { Subnet } from './client-subnet.ts';

interface Network extends Subnet {
  readonly site: string;
}

/** Which site clients are at, by the networks that sites say their clients are in: the narrowest network counts. */
export class ClientSites {
  readonly #networks: readonly Network[];

  /** @param clients networks, `10.1.0.0/16`, by site; what is none is left out */
  constructor(clients: Readonly<Record<string, readonly string[]>> = {}) {
    const networks = Object.entries(clients).flatMap(([site, texts]) =>
      texts.filter(ipaddr.isValidCIDR).map((text): Network => {
        const [address, prefix] = ipaddr.parseCIDR(text);
        return { site, address, prefix };
      }),
    );
    this.#networks = networks.sort((a, b) => b.prefix - a.prefix);
  }

  /** Whether any site says which networks its clients are in. */
  get isEmpty(): boolean {
    return this.#networks.length === 0;
  }

  /** The site whose clients all of a network are; nothing when no site says so. */
  siteOf({ address, prefix }: Subnet): string | undefined {
    const isIn = (network: Network) =>
      network.prefix <= prefix &&
      network.address.kind() === address.kind() &&
      address.match(network.address as ipaddr.IPv4 & ipaddr.IPv6, network.prefix);
    return this.#networks.find(isIn)?.site;
  }
}
