import { randomInt } from 'node:crypto';
import { contentHash } from '../../../lib/hash.ts';
import type { Link } from '../../ip.ts';
import type { Lane, WireId } from '../leg.ts';

// Names of the patch panel's ports, at most 15 characters. Their aliases say whose they are.

/** Prefix of each kind of port. */
const kinds = { pod: 'p-', switch: 'q-', outer: 'a-', inner: 'b-' } as const;

export function isPort({ ifname }: Link): boolean {
  return Object.values(kinds).some((kind) => ifname.startsWith(kind));
}

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

/** Whose way the end of is that leads to a switch, as {@link switchMark} says. */
export function podEndOf({ ifname, ifalias = '' }: Link): PodEnd | undefined {
  const [pod, ifindex] = ifalias.split(' ');
  return ifname.startsWith(kinds.switch) && pod ? { pod, ifindex: Number(ifindex) } : undefined;
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
  /** Of one that may have instances side by side: what they have in common, as {@link positionDigest} says. */
  readonly position?: string;
}

/** Six hex digits that instances of one function have in common: an alias has no room for more. */
export function positionDigest(service: string): string {
  return hashOf('position', service).slice(0, 6);
}

/** What an instance is known by where flows are noted: 32 bits, each byte of which is below 128, as text has to be. */
export function instanceId(...words: readonly (string | number)[]): number {
  const id = Number.parseInt(hashOf('instance', ...words).slice(0, 8), 16) & 0x7f7f7f7f;
  // 0 is none.
  return id || 1;
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

/** In a function that is for a leg alone its wires are called by that; of several each has a name of its own. */
export function wireOf({ pod, ifindex }: PodEnd, chain: string, hasManyWires: boolean): WireId {
  return hasManyWires ? hashOf(pod, ifindex, chain).slice(0, 8) : String(ifindex);
}

/** An index for a port that is made at the panel: none that an interface has which is moved there, and keeps its own. */
export function freshIndex(): number {
  return 2 ** 30 + randomInt(2 ** 30 - 1);
}

export function isOuter({ ifname }: Link): boolean {
  return ifname.startsWith(kinds.outer);
}

/** The port on the other side of the function, of an outer one. */
export function acrossFunction(outer: string): string {
  return `${kinds.inner}${outer.slice(kinds.outer.length)}`;
}

export function passageMark(key: Omit<PassageKey, 'namespace'>): string {
  const fn = key.function.replace(`${key.pod}.`, '.');
  const words = [key.pod, key.ifindex, fn, key.lane, key.wire, key.chain, key.position];
  return words.join(' ').trimEnd();
}

/** Whose passage a port is of. */
export function passageOf({ ifname, ifalias = '' }: Link): Omit<PassageKey, 'namespace'> | undefined {
  if (!ifname.startsWith(kinds.outer) && !ifname.startsWith(kinds.inner)) return undefined;
  const [pod, ifindex, fn, lane, wire, chain = '', position] = ifalias.split(' ');
  if (pod === undefined || fn === undefined || wire === undefined) return undefined;
  const name = fn.startsWith('.') ? `${pod}${fn}` : fn;
  return {
    pod,
    ifindex: Number(ifindex),
    function: name,
    lane: lane === '1' ? 1 : 0,
    wire,
    chain,
    ...(position !== undefined && { position }),
  };
}

function hashOf(...words: readonly (string | number)[]): string {
  return contentHash(words.join(' ')).slice(0, 11);
}
