import type { Link } from '../ip.ts';
import { isHeldAs } from './patch/held.ts';
import { legsOf } from './patch/legs.ts';
import { digestAt, type PodEnd, wayPorts } from './patch/names.ts';
import { Panel } from './patch/panel.ts';
import { passedBy } from './patch/passed.ts';
import {
  type FunctionSpace,
  linksIn,
  look,
  type PathEnds,
  type Surroundings,
  spacesOnce,
} from './patch/scene.ts';
import { endsAtPanel, strandedOf } from './patch/take-out.ts';

/** Which functions a pod's traffic passes. */
export interface ObservedPath {
  readonly pod: string;
  /** Their pods, from the network to the pod. Empty: it stands at the panel, or on the host, and leads through none. */
  readonly path: readonly string[];
  /** By chain: the functions that what is of it passes before those, from the network to the pod. */
  readonly chains?: Readonly<Record<string, readonly string[]>>;
  /** What its chains were made from. */
  readonly digest?: string;
  /** Whether every way into a network passes all of them, and there is no other way out of the pod. */
  readonly whole: boolean;
}

/**
 * Where the traffic of an application's pods passes, read from the kernel. Pods whose ways end at their switches, as where no
 * function is, are left out.
 */
export async function observePaths(
  project: string,
  pods: readonly Omit<PathEnds, 'project'>[],
): Promise<ObservedPath[]> {
  if (!new Panel(project).isThere && pods.every(({ functions }) => functions.length === 0)) return [];
  const around = await look(project);
  const wanted = pods.filter(({ pod, functions }) => functions.length > 0 || isTouched(pod, around));
  const lookAt = spacesOnce();
  const paths = wanted.map(async ({ pod, pid, functions }) => {
    const [own, spaces] = await Promise.all([linksIn({ pid }), Promise.all(functions.map(lookAt))]);
    const held = await Promise.all(
      spaces.map(({ name, namespace, isShared }) => isShared || isHeldAs(name, namespace)),
    );
    const path = pathOf(pod, own, around, spaces);
    return path && { ...path, whole: path.whole && !held.includes(false) };
  });
  return (await Promise.all(paths)).filter((path) => path !== undefined);
}

/** Whether somebody leads its traffic, or has begun to. */
function isTouched(pod: string, { places }: Surroundings): boolean {
  return endsAtPanel(pod, places.patch).length > 0 || strandedOf(pod, places.host).length > 0;
}

function pathOf(
  pod: string,
  own: Parameters<typeof legsOf>[1],
  around: Surroundings,
  spaces: readonly FunctionSpace[],
): ObservedPath | undefined {
  const { ways, unguardable } = legsOf(pod, own, around.places);
  // A pod without networks has nothing that could go around.
  if (ways.length === 0 && unguardable.length === 0)
    return { pod, path: spaces.map(({ name }) => name), whole: true };
  if (ways.every(({ place }) => place === 'host') && !isTouched(pod, around)) return undefined;
  const passed = ways.map((way) => passedBy(pod, way, around, spaces));
  const [first] = passed;
  const path = first?.functions ?? [];
  const isSame = (functions: readonly string[]) => functions.join() === path.join();
  // A chain may be of one network only.
  const chains = Object.fromEntries(passed.flatMap((one) => [...one.chains]));
  const ends = ways.flatMap(({ own: { ifindex } }) => switchEnd({ pod, ifindex }, around.places.patch) ?? []);
  const digests = new Set(ends.map(digestAt));
  const [digest] = digests.size === 1 ? digests : [];
  const whole = unguardable.length === 0 && passed.every((one) => one.whole && isSame(one.functions));
  return {
    pod,
    path,
    ...(Object.keys(chains).length > 0 && { chains }),
    ...(digest !== undefined && { digest }),
    whole,
  };
}

function switchEnd(end: PodEnd, patch: readonly Link[]): Link | undefined {
  const { switch: name } = wayPorts(end);
  return patch.find(({ ifname }) => ifname === name);
}
