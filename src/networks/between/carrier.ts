import type { Observed } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Network } from '../standard/network.ts';

/**
 * What gets packets of an archetype's networks to other hosts. Each method may be called again at any time, after a kill at any step.
 * All throw HeddleError ERR_NETWORK, or what the state throws.
 */
export interface Carrier<Carried> {
  /** Bytes of the largest packet that is carried; absent: none, since this host has no way to the others now. */
  largest(): Promise<number | undefined>;
  /** @param part the network of `ip` on this host. @returns what there is, for `status.observed` */
  join(network: Carried, part: Network): Promise<Observed>;
  /**
   * Takes away what this host has of it, the part apart.
   * @param bridge the part’s interface, where that stays: it is another archetype’s by now
   */
  leave(network: Carried, bridge?: string): Promise<void>;
  /** An endpoint of the network is there, is another than before, or is gone; on this host or elsewhere. */
  changed(network: Carried, endpoint: Pick<Endpoint, 'name' | 'attachment'>): Promise<void>;
  /** A node has said something else of itself. */
  heard(network: Carried): Promise<void>;
  /** Whether what `join` brings about is there; what it knows is mended by the way. */
  isWhole(network: Carried, part: Network): Promise<boolean>;
}
