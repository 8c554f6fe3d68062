import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Probe } from '../../../descriptor/chain.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { ipJson, type Link, type Namespace } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { managementNamespace } from '../../namespaces.ts';
import { hostLinks, isUnsaid, knownHostLinks } from '../host-links.ts';
import type { ChainMatch, WayNetwork } from '../selection.ts';
import { legsOf, type PatchLinks } from './legs.ts';
import { endOnHost } from './outside.ts';
import { Panel, type PanelState } from './panel.ts';
import { RoutedEnds } from './routing/routed-ends.ts';
import { readRouting } from './routing/routing.ts';
import { isGatedIn, isProxyIn, isRoutedEnd, type RoutingState } from './routing/state.ts';

/** A pod, and functions that its traffic passes or is to pass, from the network to the pod. `pid`: of a sandbox's process. */
export interface PathEnds extends PodPlace {
  readonly functions: readonly FunctionPlace[];
  readonly chains?: ChainsPlace;
  /** Functions that run besides, through which it may be led so far. */
  readonly others?: readonly FunctionPlace[];
}

/** What of a pod's traffic passes others besides: between the network and its own functions. */
export interface ChainsPlace {
  readonly networks: readonly WayNetwork[];
  /** In the order of the file. */
  readonly chains: readonly ChainPlace[];
  /** What all that was made from. */
  readonly digest: string;
}

export interface ChainPlace extends ChainMatch {
  readonly chain: string;
  /** What a probe of it is. */
  readonly probe: Probe;
  /** From the network to the pod. */
  readonly functions: readonly FunctionPlace[];
}

export interface PodPlace {
  readonly project: string;
  readonly pod: string;
  readonly pid: number;
}

export interface FunctionPlace {
  readonly name: string;
  readonly pid: number;
  /** Whether several pods may share it, which goes with its sandbox then. */
  readonly isShared?: boolean;
  /** Of one that is shared: the service that it is an instance of. */
  readonly position?: string;
  /** Whether its flows are noted though it is the only instance: others are to take its place. */
  readonly keepsFlows?: boolean;
  /** Whether more than one route of a pod may lead through it. */
  readonly hasManyWires?: boolean;
  /** Whether its program does not run: nothing passes it then. */
  readonly isStopped?: boolean;
  /** Ids of the processes that it ends with. */
  readonly programs?: readonly number[];
  /** Whether it forwards by the kernel's routing, and not in a bridge. Absent: nobody says it any more, and its interfaces tell. */
  readonly isRouted?: boolean;
  /** Whether it routes nothing that its rules have not seen. */
  readonly isGated?: boolean;
  /** Of a proxy: the port of TCP at which its program listens; 0: nobody says it any more. */
  readonly listensAt?: number;
}

/** All that is seen at one time of the host, and of the panel that its pods are led through. */
export interface Surroundings extends PanelState {
  readonly places: PatchLinks;
  /** Names of the ports of passages through functions that route, as {@link RoutedEnds.read} finds them. */
  readonly routed?: ReadonlySet<string>;
}

/** A function's network namespace. */
export interface FunctionSpace extends FunctionPlace {
  /** Its inode, which no other has while it is there. */
  readonly namespace: number;
  readonly links: readonly Link[];
  /** Of one that is routed. */
  readonly routing?: RoutingState;
}

/** `onHost`: what is read of the interfaces of the host. */
export async function look(
  project: string,
  onHost: () => Promise<readonly Link[]> = () => linksIn(host),
): Promise<Surroundings> {
  const [state, places] = await Promise.all([lookAtPanel(new Panel(project)), placesOf(project, onHost)]);
  return { ...state, places };
}

export async function lookAtPanel(panel: Panel): Promise<Omit<Surroundings, 'places'>> {
  const [state, routed] = await Promise.all([panel.read(), new RoutedEnds(panel).read()]);
  return { ...state, routed };
}

/** The interfaces of all namespaces that those of a pod may lead to. */
export async function placesOf(project: string, onHost: () => Promise<readonly Link[]>): Promise<PatchLinks> {
  const panel = new Panel(project);
  const [ofHost, patch, management] = await Promise.all([
    onHost(),
    panel.isThere ? linksIn(panel.namespace) : [],
    linksUnder(managementNamespace(project)),
  ]);
  return { host: ofHost, patch, management };
}

/** @throws HeddleError ERR_NETWORK, ERR_OVS */
export async function lookSaid({ project, pod, pid }: PodPlace): Promise<{
  readonly own: readonly Link[];
  readonly places: PatchLinks;
}> {
  const { own, places } = await lookSaidOf(project, [{ pod, pid }]);
  return { own: own[0] ?? [], places };
}

/**
 * By what is known of the host; Open vSwitch has to say the rest only where one of the pods' own ways ends at a port of it.
 * @returns the interfaces of each pod, in their order
 */
export async function lookSaidOf(
  project: string,
  pods: readonly Omit<PodPlace, 'project'>[],
): Promise<{ readonly own: readonly (readonly Link[])[]; readonly places: PatchLinks }> {
  const [places, ...own] = await Promise.all([
    placesOf(project, knownHostLinks),
    ...pods.map(({ pid }) => linksIn({ pid })),
  ]);
  const ports = pods.flatMap(({ pod }, at) =>
    legsOf(pod, own[at] ?? [], places).ways.map((way) => endOnHost(way, places)),
  );
  const isSaid = !ports.some((port) => port && isUnsaid(port));
  return { own, places: isSaid ? places : await placesOf(project, hostLinks) };
}

/** @throws HeddleError ERR_NETWORK when its process has ended */
async function spaceOf(place: FunctionPlace): Promise<FunctionSpace> {
  const { name, pid, isRouted, listensAt } = place;
  const [{ ino }, links, said] = await Promise.all([
    stat(`/proc/${pid}/ns/net`).catch((cause) => {
      throw new HeddleError('ERR_NETWORK', `${name}: the process ${pid} of its sandbox has ended`, { cause });
    }),
    linksIn({ pid }),
    isRouted ? readRouting({ pid }, listensAt !== undefined) : undefined,
  ]);
  const space = { ...place, namespace: ino, links };
  if (said) return { ...space, routing: said };
  if (isRouted === false || !links.some(isRoutedEnd)) return space;
  const routing = await readRouting({ pid }, true);
  const isProxy = isProxyIn(routing);
  return { ...space, routing, isRouted: true, isGated: isGatedIn(routing), ...(isProxy && { listensAt: 0 }) };
}

/** Looks at each function once, however many pass it. */
export function spacesOnce(): (place: FunctionPlace) => Promise<FunctionSpace> {
  const looked = new Map<number, Promise<FunctionSpace>>();
  return (place) => {
    const known = looked.get(place.pid) ?? spaceOf(place);
    looked.set(place.pid, known);
    return known;
  };
}

export function linksIn(namespace: Namespace): Promise<Link[]> {
  return ipJson<Link>(namespace, ['link', 'show']);
}

async function linksUnder(name: string): Promise<Link[]> {
  return existsSync(`/run/netns/${name}`) ? linksIn({ name }) : [];
}
