import { contentHash } from '../../../lib/hash.ts';
import type { Link } from '../../ip.ts';
import type { Lane, WireId } from '../leg.ts';

// Names of the patch panel's ports, at most 15 characters. Their aliases say whose they are.

/** Prefix of each kind of port. */
const kinds = { pod: 'p-', switch: 'q-', outer: 'a-', inner: 'b-' } as const;

/** A pod's interface, by its index in the pod: what nobody in there can change, unlike the name. */
export interface PodEnd {
  readonly pod: string;
  readonly ifindex: number;
}

/** The pod's end of a way, and the end that leads to the switch of its network. */
export function wayPorts({ pod, ifindex }: PodEnd): { readonly pod: string; readonly switch: string } {
  const digits = hashOf(pod, ifindex);
  return { pod: `${kinds.pod}${digits}`, switch: `${kinds.switch}${digits}` };
}

/** Says whose way the end is of that leads to a switch, and what its chains were made from. */
export function switchMark({ pod, ifindex }: PodEnd, digest?: string): string {
  return [pod, ifindex, digest].filter((word) => word !== undefined).join(' ');
}

export function digestAt({ ifalias = '' }: Link): string | undefined {
  return ifalias.split(' ')[2];
}

/** The port on the other side of the panel, of one that {@link wayPorts} has named. */
export function acrossFrom(name: string): string {
  return `${kinds.switch}${name.slice(kinds.pod.length)}`;
}

/** The pod's end of the way that a port leads to a switch for, if it is one. */
export function wayOfSwitchEnd(name: string): string | undefined {
  return name.startsWith(kinds.switch) ? `${kinds.pod}${name.slice(kinds.switch.length)}` : undefined;
}

/** A way's passage through a function. */
export interface PassageKey extends PodEnd {
  /** The chain that it is of; empty: of the pod's own path. */
  readonly chain: string;
  readonly function: string;
  readonly lane: Lane;
  /** What its wire is called by in the function. */
  readonly wire: WireId;
  /** Inode of the function's network namespace: that of one that was started anew is another. */
  readonly namespace: number;
}

/** Names of its ports at the panel: towards the network, and towards the pod. */
export interface PassagePorts {
  readonly outer: string;
  readonly inner: string;
}

export function passagePorts(key: PassageKey): PassagePorts {
  const digits = hashOf(key.pod, key.ifindex, key.chain, key.function, key.lane, key.namespace);
  return { outer: `${kinds.outer}${digits}`, inner: `${kinds.inner}${digits}` };
}

/** A function that others share has wires of many ways, of one that is for a way alone they are called by that. */
export function wireOf({ pod, ifindex }: PodEnd, chain: string, isShared: boolean): WireId {
  return isShared ? hashOf(pod, ifindex, chain).slice(0, 8) : String(ifindex);
}

export function isOuter({ ifname }: Link): boolean {
  return ifname.startsWith(kinds.outer);
}

/** The port on the other side of the function, of an outer one. */
export function acrossFunction(outer: string): string {
  return `${kinds.inner}${outer.slice(kinds.outer.length)}`;
}

export function passageMark(key: Omit<PassageKey, 'namespace'>): string {
  return [key.pod, key.ifindex, key.function, key.lane, key.wire, key.chain].join(' ').trimEnd();
}

/** Whose passage a port is of. */
export function passageOf({ ifname, ifalias = '' }: Link): Omit<PassageKey, 'namespace'> | undefined {
  if (!ifname.startsWith(kinds.outer) && !ifname.startsWith(kinds.inner)) return undefined;
  const [pod, ifindex, fn, lane, wire, chain = ''] = ifalias.split(' ');
  if (pod === undefined || fn === undefined || wire === undefined) return undefined;
  return { pod, ifindex: Number(ifindex), function: fn, lane: lane === '1' ? 1 : 0, wire, chain };
}

function hashOf(...words: readonly (string | number)[]): string {
  return contentHash(words.join(' ')).slice(0, 11);
}
