import { choicesIn } from './choices.ts';
import type { Groups } from './groups.ts';
import type { Heads } from './heads.ts';
import {
  type Hops,
  hopsThrough,
  instancesOf,
  type Passage,
  type Stage,
  stagesIn,
  type WayEnds,
} from './hops.ts';

// The routes of a way over the panel: through its own path, and for each of its chains through that, and then the path. Pure.

/** What is noted at the ports of a panel. */
export interface Noted {
  readonly hops: Hops;
  readonly heads: Heads;
  readonly groups: Groups;
}

export interface Routes<P extends Passage> {
  /** From the switch to the pod; nothing where frames get lost, or come back another way. */
  readonly own: readonly P[] | undefined;
  /** By chain: its stages alone. Those that frames get lost in are left out. */
  readonly chains: ReadonlyMap<string, readonly Stage<P>[]>;
}

type InChain = Passage & { readonly chain: string };

/** The port at which chains begin for what comes from the pod: where it leaves the first function of its own path. */
export function innerHead(ends: WayEnds, own: readonly Passage[]): number {
  return own[0]?.outer ?? ends.pod;
}

/** The routes that frames of a way take now. `all`: its passages. */
export function routesIn<P extends InChain>(
  { hops, heads, groups }: Noted,
  ends: WayEnds,
  all: readonly P[],
): Routes<P> {
  const unmatched = new Map([...hops, ...[...heads].map(([port, { next }]) => [port, next] as const)]);
  const own = stagesIn(unmatched, ends, all)?.flatMap(instancesOf);
  if (!own) return { own, chains: new Map() };
  const stages = [...all, ...choicesIn(groups, all)];
  const inner = innerHead(ends, own);
  const [fromSwitch, fromPod] = [heads.get(ends.switch), heads.get(inner)];
  const chains = (fromSwitch?.rules ?? []).flatMap(({ chain, next }) => {
    const first = stages.find(({ outer }) => outer === next);
    const name = first && instancesOf(first)[0]?.chain;
    const back = fromPod?.rules.find((rule) => rule.chain === chain)?.next;
    if (name === undefined || back === undefined) return [];
    const view = new Map([...hops, [ends.switch, next] as const, [inner, back] as const]);
    const passed = stagesIn(view, { switch: ends.switch, pod: inner }, stages);
    return passed ? [[name, passed] as const] : [];
  });
  return { own, chains: new Map(chains) };
}

/** What has to be noted for routes, and what begins at their ends for each chain, in their order. */
export function hopsOf(
  ends: WayEnds,
  own: readonly Passage[],
  chains: readonly (readonly Stage[])[],
): { readonly hops: Hops; readonly inbound: readonly number[]; readonly outbound: readonly number[] } {
  const inner = innerHead(ends, own);
  const hops = new Map(hopsThrough(ends, own));
  const [inbound, outbound]: [number[], number[]] = [[], []];
  for (const stages of chains) {
    const through = hopsThrough({ switch: ends.switch, pod: inner }, stages);
    inbound.push(through.get(ends.switch) ?? 0);
    outbound.push(through.get(inner) ?? 0);
    for (const [from, to] of through) if (from !== ends.switch && from !== inner) hops.set(from, to);
  }
  return { hops, inbound, outbound };
}
