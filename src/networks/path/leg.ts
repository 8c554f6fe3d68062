/** One way from the protected pod into a network, as the rules see it. */
export interface Leg {
  /** Index of the pod's interface in its namespace: what nobody in there can change, unlike the name. */
  readonly id: number;
  /** The network's name at the engine. */
  readonly network: string;
  /** What the engine gave the pod there. */
  readonly mac: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** The host's end of the network: what is not of the network itself comes through it. */
  readonly gateway?: Gateway;
  /** Others on the network that rules name, or that are in a network which rules name. */
  readonly neighbours: readonly Neighbour[];
}

export interface Gateway {
  readonly mac: string;
  /** With the length of the network's prefix: `10.89.0.1/24`. */
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

export interface Neighbour {
  /** The service it is a replica of; absent for what is only in a network that a rule names. */
  readonly service?: string;
  readonly mac: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** Names in the function's namespace: the port of the pod's own end, the outer port, and the bridge between them. */
export const portNames = {
  inner: (id: number) => `i-${id}`,
  outer: (id: number) => `o-${id}`,
  bridge: (id: number) => `w-${id}`,
} as const;
