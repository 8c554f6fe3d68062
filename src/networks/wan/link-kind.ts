import type { Path } from './paths.ts';

/** A way for packets to travel between nodes, behind one interface for all links of this one. */
export interface LinkKind {
  readonly name: string;
  /** Whether what travels is encrypted, and comes from the other node for sure. */
  readonly isPrivate: boolean;
  /** Whether it reaches only who is on the Ethernet of the uplink, of which there is one then. */
  readonly isOnEthernet: boolean;
  /** Bytes that it adds to a packet of IP, by what that travels over. */
  readonly overhead: { readonly inet: number; readonly inet6: number };
  /**
   * Words of `ip rule` that are true of what it sends, and of nothing else that is for another node; nothing where that takes no
   * route of the host's. `port`: that of the links, UDP.
   */
  isOfLinks(port: number): string | undefined;
  /** `folder`: only root can enter it. */
  tunnel(folder: string): Tunnel;
}

export interface Tunnel {
  /**
   * Brings about the interface, and that exactly these nodes are reached through it, from whatever is there; what is as it should
   * be is not touched.
   * @throws HeddleError ERR_NETWORK
   */
  apply(wish: TunnelWish): Promise<void>;
  /** Leads what is for these nodes by their paths, at once: the rest is as it was applied. @throws HeddleError ERR_NETWORK */
  lead(wish: TunnelWish): Promise<void>;
  /** Milliseconds since 1970, by address of a node: when the last keys were agreed with it. Empty where there are none. */
  handshakes(name: string): Promise<ReadonlyMap<string, number>>;
  /** Removes the interface, and all else that it has made. */
  remove(name: string): Promise<void>;
}

export interface TunnelWish {
  readonly interface: string;
  /** This node's, on all links. */
  readonly address: string;
  /** UDP, where this node is found. */
  readonly port: number;
  /** Bytes of a packet of IP on the interface. */
  readonly mtu: number;
  readonly privateKey: string;
  /** Interfaces of this host that lead to other nodes, in the order of the settings. */
  readonly uplinks: readonly string[];
  readonly peers: readonly TunnelPeer[];
}

/** Another node. */
export interface TunnelPeer {
  readonly node: string;
  /** On the links. */
  readonly address: string;
  readonly port: number;
  /** Public: what it uses, and what it will use. */
  readonly keys: { readonly current: string; readonly next?: string };
  /** All addresses that its packets may come from. */
  readonly remotes: readonly string[];
  /** Nothing before one has answered. */
  readonly path: Path | undefined;
  /** Bytes of a packet of IP that passes on that path. */
  readonly mtu: number;
}
