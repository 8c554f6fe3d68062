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

/**
 * While the order of a path changes, a leg has two wires through each function: the lane that frames are in, and the one that
 * they will be in. A function does the same in both.
 */
export type Lane = 0 | 1;
export const lanes = [0, 1] as const;

/** Names in the function's namespace: the port towards the pod, the one towards the network, and the bridge between them. */
export const portNames = {
  inner: (id: WireId, lane: Lane) => named('i', id, lane),
  outer: (id: WireId, lane: Lane) => named('o', id, lane),
  bridge: (id: WireId, lane: Lane) => named('w', id, lane),
} as const;

/** What the wires of a leg are called by in a function: the leg's number, or, in a function that is shared, eight hex digits. */
export type WireId = number | string;

function named(kind: string, id: WireId, lane: Lane): string {
  return `${kind}-${id}${lane === 0 ? '' : `.${lane}`}`;
}
