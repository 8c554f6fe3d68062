import { type Lane, lanes } from '../leg.ts';
import { type Hops, instancesOf, isStepwise, type Stage } from './hops.ts';
import { type PodEnd, positionDigest, wireOf } from './names.ts';
import type { KnownPassage, Planned } from './passage.ts';
import type { Proxied } from './routing/proxied.ts';
import type { FunctionSpace } from './scene.ts';

/** A route of a way: through its own path (no chain), or through the functions of a chain. From the network to the pod. */
export interface Route {
  readonly chain: string;
  readonly spaces: readonly FunctionSpace[];
  /** What a proxy takes of it. */
  readonly taken?: Omit<Proxied, 'port'>;
}

/** The stages of a route by name, those that it is to have and those that it has; instances of one function have the same. */
export function stageNames(
  spaces: readonly Pick<FunctionSpace, 'name' | 'position'>[],
  now: readonly Stage<KnownPassage>[],
): { readonly wanted: readonly string[]; readonly now: readonly string[] } {
  const byFunction = new Map(
    spaces.map(({ name, position }) => [name, position === undefined ? name : positionDigest(position)]),
  );
  return {
    wanted: [...new Set(byFunction.values())],
    now: now.map((stage) => {
      const all = instancesOf(stage);
      const known = all.find((one) => byFunction.has(one.function)) ?? all[0];
      return known ? (byFunction.get(known.function) ?? known.position ?? known.function) : '';
    }),
  };
}

/**
 * Which passage through each function frames of a route are to take. Where functions only come, or only go, those that stay keep
 * theirs; else all have new ones, in the other lane: a frame that is on its way stays in the order in which it came. Pure.
 * @param now passages that frames of the route take so far
 * @param whole those of the way that are whole
 */
export function plannedOn(
  { pod, ifindex }: PodEnd,
  mtu: number,
  { chain, spaces, taken }: Route,
  now: readonly Stage<KnownPassage>[] | undefined,
  whole: readonly KnownPassage[],
  hops: Hops,
): Planned[] {
  const names = stageNames(spaces, now ?? []);
  const stepwise = isStepwise(names.now, names.wanted);
  const passages = now?.flatMap(instancesOf);
  // Who was killed while frames changed over has left the new lane ready.
  const ready = now
    ? undefined
    : readyLane(
        chain,
        spaces.map(({ name }) => name),
        whole,
        hops,
      );
  return spaces.map(({ name, pid, namespace, position, hasManyWires = false, ...space }) => {
    const current = passages?.find((passage) => passage.function === name);
    const isUsable = stepwise && whole.some(({ outer }) => outer === current?.outer);
    const other: Lane = current?.lane === 0 ? 1 : 0;
    const lane = ready ?? (current && isUsable ? current.lane : other);
    const wire = wireOf({ pod, ifindex }, chain, hasManyWires);
    const { isStopped = false, isRouted = false, isGated = false, listensAt: port } = space;
    const proxied = taken && port !== undefined ? { proxied: { ...taken, port } } : {};
    const own = { isStopped, isRouted, isGated, ...proxied };
    const at = position === undefined ? {} : { position: positionDigest(position) };
    return { pod, ifindex, chain, function: name, lane, wire, namespace, pid, mtu, ...own, ...at };
  });
}

/** The lane in which frames go through functions in their order from the first to the last, whoever comes to those. */
function readyLane(
  chain: string,
  functions: readonly string[],
  whole: readonly KnownPassage[],
  hops: Hops,
): Lane | undefined {
  return lanes.find((lane) => {
    const passages = functions.map((name) =>
      whole.find((one) => one.chain === chain && one.function === name && one.lane === lane),
    );
    return passages.every((passage, at) => {
      const next = passages[at + 1];
      if (!passage || at === passages.length - 1) return passage !== undefined;
      return next && hops.get(passage.inner) === next.outer && hops.get(next.outer) === passage.inner;
    });
  });
}
