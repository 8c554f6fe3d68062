import type { Link } from '../../ip.ts';
import { instancesOf, type Stage, type WayEnds } from './hops.ts';
import type { Way } from './legs.ts';
import { type PodEnd, wayPorts } from './names.ts';
import { type KnownPassage, passagesAt, wholePassages } from './passage.ts';
import { innerHead, routesIn } from './routes.ts';
import type { FunctionSpace, Surroundings } from './scene.ts';
import { isLed } from './way.ts';

/** The functions that frames of a way pass, from the network to the pod. */
export interface Passed {
  /** Of all but those of chains. */
  readonly functions: readonly string[];
  /** Of each chain, those that come before. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Whether frames come through, in both directions the same way, and it is the only one. */
  readonly whole: boolean;
}

const nothing: Passed = { functions: [], chains: new Map(), whole: false };

/** Pure. `spaces`: of functions that run, whether the way leads through them or not. */
export function passedBy(
  pod: string,
  way: Way,
  around: Surroundings,
  spaces: readonly FunctionSpace[],
): Passed {
  const end = { pod, ifindex: way.own.ifindex };
  const ends = endsOf(end, around.places.patch);
  if (way.place === 'host' || !ends) return nothing;
  const { own, chains } = routesIn(around, ends, passagesAt(end, around.places.patch));
  if (!own) return nothing;
  const heads = [ends.switch, innerHead(ends, own)].flatMap((port) => around.heads.get(port) ?? []);
  const whole = new Set(wholePassages(end, spaces, around).map(({ outer }) => outer));
  const names = (stages: readonly Stage<KnownPassage>[]) =>
    stages.flatMap(instancesOf).map((passage) => passage.function);
  // Of one that is to go nobody says where it is: what it has still passes it, and nothing new.
  const known = new Set(spaces.map(({ name }) => name));
  const ending = new Set(
    [...around.groups.values()].flatMap(({ instances }) =>
      instances.flatMap(({ outer, isActive }) => (isActive ? [] : outer)),
    ),
  );
  const stays = (passage: KnownPassage) => known.has(passage.function) || !ending.has(passage.outer);
  return {
    functions: names(own),
    chains: new Map([...chains].map(([chain, passages]) => [chain, names(passages)])),
    whole:
      isLed(way, around) &&
      heads.every(({ isComplete }) => isComplete) &&
      [own, ...chains.values()]
        .flat()
        .flatMap(instancesOf)
        .filter(stays)
        .every(({ outer }) => whole.has(outer)),
  };
}

/** The ends of a way at the panel, when both are there. Pure. */
export function endsOf(end: PodEnd, patch: readonly Link[]): WayEnds | undefined {
  const names = wayPorts(end);
  const indexOf = (name: string) => patch.find(({ ifname }) => ifname === name)?.ifindex;
  const [pod, switchEnd] = [indexOf(names.pod), indexOf(names.switch)];
  return pod === undefined || switchEnd === undefined ? undefined : { pod, switch: switchEnd };
}
