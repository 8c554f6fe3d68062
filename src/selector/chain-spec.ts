import type { Chain, NetworkFunction, PortMatch } from '../descriptor/chain.ts';

// What a deployment specification says of chains.

/** Traffic between two ends that passes functions. */
export interface ChainSpec extends Pick<Chain, 'name' | 'from' | 'to' | 'ports' | 'onFailure'> {
  /** The functions as the user calls them, in the order of the file. */
  readonly through: readonly string[];
  /** At the pods of which of its ends it is enforced. */
  readonly at: 'from' | 'to';
}

/** What of a pod's traffic passes a chain, and which functions. No packet is of two chains of a pod. */
export interface PodChain {
  readonly chain: string;
  /** Which end of the chain this pod is. Connections are opened by the `from` end; `ports` are those of the `to` end. */
  readonly side: 'from' | 'to';
  /** Who is at the other end. */
  readonly peer: ChainPeer;
  /** Empty: everything. */
  readonly ports: readonly PortMatch[];
  /**
   * Pods of functions, in the order in which they stand between the network and the pod. Those of `PodSpec.path` stand between
   * the last of these and the pod.
   */
  readonly path: readonly string[];
  /** Pods of `path` that stand side by side, of which a packet passes one, by their service. Absent: none do. */
  readonly instances?: Readonly<Record<string, readonly string[]>>;
  readonly onFailure: Chain['onFailure'];
}

export type ChainPeer =
  | { readonly kind: 'service'; readonly service: string }
  /** Name at its owner, as a sandbox has it. */
  | { readonly kind: 'network'; readonly network: string }
  /** Whoever is behind what comes through a network's gateway. */
  | { readonly kind: 'outside' };

/** `pod`: whose traffic alone it is led; absent: it is shared. */
export interface Forwarding
  extends Pick<NetworkFunction, 'mode' | 'port' | 'probe' | 'hooks' | 'drain' | 'order'> {
  /** What it is called in the file. Absent: it has no hooks. */
  readonly service?: string;
  readonly pod?: string;
}
