import type { IpEndpoint, IpNetwork } from './settle.ts';

/** What runs for one network beside its bridge, answers its endpoints, and outlives the node. */
export interface NetworkServer {
  isWanted(network: IpNetwork): boolean;
  /** Refuses, before anything is changed for it, what could not run. @throws HeddleError */
  prepare?(): Promise<void>;
  /** Lets it run as the network wants it; one that does already is left alone. */
  apply(network: IpNetwork, bridge: string): Promise<void>;
  /** Ends it, and takes away what it has. */
  remove(network: IpNetwork): Promise<void>;
  /** It answers for it from now on. */
  add(endpoint: IpEndpoint, network: IpNetwork): Promise<void>;
  delete(endpoint: IpEndpoint, network: IpNetwork): Promise<void>;
}
