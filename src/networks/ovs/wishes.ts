/** A bridge as it is wanted. */
export interface BridgeWish {
  readonly name: string;
  /** Whose it is, as `external_ids:heddle`: the proof that Heddle may change it. */
  readonly owner: string;
  /** `system`: in the kernel; `netdev`: in ovs-vswitchd. */
  readonly datapathType: 'system' | 'netdev';
  /** `unix:PATH`, `tcp:ADDRESS:PORT`. Without any, the bridge learns by itself. */
  readonly controllers: readonly string[];
  /** Of the bridge, and of its own interface. */
  readonly mac: string;
  readonly mtu: number;
  /** 16 hex digits: how a controller knows it. */
  readonly datapathId: string;
  /** Of the VLANs of a trunk, if it is one: it passes them on and learns nothing, and has no part in them itself. */
  readonly trunk?: readonly number[];
}

/** A port as it is wanted. */
export interface PortWish {
  readonly name: string;
  readonly owner: string;
  /** `system`: an interface that is there already; `internal`: one that is made; `patch`: to a port of another bridge. */
  readonly type: 'system' | 'internal' | 'patch' | 'vxlan';
  readonly options?: Readonly<Record<string, string>>;
  /** Of a `system` interface in the kernel: one that was made anew under the same name is another. */
  readonly ifindex?: number | undefined;
  /** Absent: as it is. */
  readonly vlan?: VlanWish;
}

/** What a port has to do with VLANs (ovs-vswitchd.conf.db(5), Port). */
export type VlanWish =
  /** Frames bear the tags of these. */
  | { readonly mode: 'trunk'; readonly trunks: readonly number[] }
  /** All frames are of one; tags that they bear are data. */
  | { readonly mode: 'dot1q-tunnel'; readonly tag: number };

/** Several interfaces as one port (ovs-vswitchd.conf.db(5), Bonding, LACP). */
export interface BondWish {
  /** Of the port, which is no interface. */
  readonly name: string;
  readonly owner: string;
  /** Interfaces that are there, with what tells one from another that had its name before. */
  readonly members: readonly { readonly name: string; readonly ifindex: number }[];
  readonly rate: 'fast' | 'slow';
  /** Milliseconds between packets of BFD on each link; absent: none are sent. */
  readonly bfdInterval?: number;
}
