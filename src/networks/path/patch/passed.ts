import type { Link } from '../../ip.ts';
import { passagesIn, type WayEnds } from './hops.ts';
import type { Way } from './legs.ts';
import { type PodEnd, wayPorts } from './names.ts';
import { passagesAt, wholePassages } from './passage.ts';
import type { FunctionSpace, Surroundings } from './scene.ts';
import { isLed } from './way.ts';

/** The functions that frames of a way pass, from the network to the pod. */
export interface Passed {
  readonly functions: readonly string[];
  /** Whether frames come through, in both directions the same way, and it is the only one. */
  readonly whole: boolean;
}

/** Pure. `spaces`: of functions that run, whether the way leads through them or not. */
export function passedBy(
  pod: string,
  way: Way,
  around: Surroundings,
  spaces: readonly FunctionSpace[],
): Passed {
  const end = { pod, ifindex: way.own.ifindex };
  const ends = endsOf(end, around.places.patch);
  if (way.place === 'host' || !ends) return { functions: [], whole: false };
  const passages = passagesIn(around.hops, ends, passagesAt(end, around.places.patch));
  if (!passages) return { functions: [], whole: false };
  const whole = new Set(wholePassages(end, spaces, around).map(({ outer }) => outer));
  return {
    functions: passages.map((passage) => passage.function),
    whole: isLed(way, around) && passages.every(({ outer }) => whole.has(outer)),
  };
}

/** The ends of a way at the panel, when both are there. Pure. */
export function endsOf(end: PodEnd, patch: readonly Link[]): WayEnds | undefined {
  const names = wayPorts(end);
  const indexOf = (name: string) => patch.find(({ ifname }) => ifname === name)?.ifindex;
  const [pod, switchEnd] = [indexOf(names.pod), indexOf(names.switch)];
  return pod === undefined || switchEnd === undefined ? undefined : { pod, switch: switchEnd };
}
