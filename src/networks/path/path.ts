import { type Cut, insertWire, observeWire, removeWire } from './wire/wire.ts';

/** A pod, and functions that its traffic passes or is to pass, in the order of its path. `pid`: of a sandbox's process. */
export interface PathEnds {
  readonly project: string;
  readonly pod: string;
  readonly pid: number;
  readonly functions: readonly { readonly name: string; readonly pid: number }[];
}

/** Which functions a pod's traffic passes. */
export interface ObservedPath {
  readonly pod: string;
  /** Their pods, in the order of the path. */
  readonly path: readonly string[];
  /** Whether every way into a network passes all of them, and there is no other way out of the pod. */
  readonly whole: boolean;
}

/** Leads a pod's traffic through functions. Returns the interfaces that were cut off, in whose path none can stand. */
export async function insertPath(ends: PathEnds): Promise<Cut[]> {
  const cuts: Cut[] = [];
  for (const wire of wiresOf(ends)) cuts.push(...(await insertWire(wire)));
  return cuts;
}

export async function removePath(pod: string, path: readonly string[]): Promise<void> {
  for (const fn of path) await removeWire(pod, fn);
}

/** Nothing: its traffic passes none of them. */
export async function observePath(ends: PathEnds): Promise<ObservedPath | undefined> {
  const found = await Promise.all(wiresOf(ends).map(observeWire));
  const wires = found.filter((wire) => wire !== undefined);
  if (wires.length === 0) return undefined;
  return {
    pod: ends.pod,
    path: wires.map((wire) => wire.function),
    whole: wires.every(({ whole }) => whole),
  };
}

/** A wire for each function: so far there is at most one. */
function wiresOf({ functions, ...ends }: PathEnds) {
  return functions.map(({ name, pid }) => ({ ...ends, function: name, functionPid: pid }));
}
