import { existsSync } from 'node:fs';
import { HeddleError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import { deleteLinks, inNamespace, ipBatch, type Link, type Namespace } from '../../ip.ts';
import { endpointIdOf } from '../../linux/names.ts';
import { functionNamespace } from '../../namespaces.ts';
import { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { hostLinks, isUnsaid, knownHostLinks } from '../host-links.ts';
import { build } from './build.ts';
import { legsOf, type Way, type WireLinks } from './legs.ts';
import {
  endOnHost,
  endpointName,
  innerMark,
  isInserted,
  originalName,
  outerOf,
  portBehind,
  type Switch,
  switchOf,
  switchOfWay,
  wireEndName,
} from './outside.ts';
import { open, plug } from './plug.ts';
import { remainsOf } from './remains.ts';
import { linksIn, look, pathOf, type Scene, type WireEnds } from './scene.ts';

/** That a pod's traffic passes a function. */
export interface Wire {
  readonly pod: string;
  readonly function: string;
  /** Whether every way into a network passes it, and there is no other way out of the pod. */
  readonly whole: boolean;
}

/** Interfaces that were cut off, since no function can stand in their path; in words. */
export type Cut = string;

/**
 * A bump in the wire: between a pod's interface and the switch of its network stands a bridge in the function's own network
 * namespace. Names, addresses and published ports stay as they are; nothing reaches the pod around it.
 *
 * In the function's namespace, for the pod's interface of index 2: the bridge `w-2` with the ports `i-2` (the host end of
 * the pod's own veth) and `o-2` (whose other end is the port of the network's switch). The namespace bears a name under
 * /run/netns, so that it outlives every process in it, its rules and the wire included.
 *
 * A way out of the pod in which no function can stand is cut off, whoever made it.
 */
export async function insertWire(ends: WireEnds): Promise<Cut[]> {
  const scene = await lookSaid(ends);
  const { ways, unguardable } = legsOf(ends.pod, scene.own, scene.places);
  for (const link of unguardable) await cut(ends.pid, link);
  await deleteLinks({ pid: ends.functionPid }, remainsOf(scene.places.function));
  const openVswitch = new OpenVswitch();
  try {
    for (const way of ways) {
      if (isInserted(way, scene.places)) continue;
      const at = outerSwitch(ends.pod, way, scene.places);
      if (at || isOfEndpoint(way)) await build(ends, scene, way, at, openVswitch);
      // An engine sets an end up once it is where it belongs.
      else if (way.peer.operstate === 'UP') await cut(ends.pid, way.own);
    }
  } finally {
    await openVswitch.close();
  }
  if (scene.former)
    await run('ip', ['netns', 'del', functionNamespace(ends.function)], { code: 'ERR_NETWORK' });
  if (!existsSync(pathOf(ends.function))) {
    await run('ip', ['netns', 'attach', functionNamespace(ends.function), String(ends.functionPid)], {
      code: 'ERR_NETWORK',
    });
  }
  return unguardable.map(
    ({ ifname, linkinfo }) => `${JSON.stringify(ifname)} (${linkinfo?.info_kind ?? 'a card of the host'})`,
  );
}

/** Puts the pod's interfaces back on the switches of its networks. @throws HeddleError ERR_NETWORK, ERR_OVS */
export async function removeWire(pod: string, fn: string): Promise<void> {
  if (!existsSync(pathOf(fn))) return;
  const openVswitch = new OpenVswitch();
  try {
    await takeOut(pod, fn, openVswitch);
  } finally {
    await openVswitch.close();
  }
}

async function takeOut(pod: string, fn: string, openVswitch: OpenVswitch): Promise<void> {
  const failures: unknown[] = [];
  const namespace: Namespace = { name: functionNamespace(fn) };
  const [links, onHost] = await Promise.all([linksIn(namespace), knownHostLinks()]);
  for (const inner of links.filter((link) => link.ifname.startsWith('i-'))) {
    const { pod: owner, original, bridge } = innerMark(inner);
    if ((owner ?? pod) !== pod || original === undefined) continue;
    const before = portBehind(inner, links, onHost);
    const at = switchOf(before, onHost, bridge);
    const endpoint = endpointIdOf(original);
    if (endpoint === undefined && !at) continue;
    const outer = outerOf(inner, links);
    // Its other end has the name that is needed.
    if (endpoint !== undefined && outer) await deleteLinks(namespace, [outer.ifname]);
    // The engine may have given the name to another interface meanwhile; it finds its own by their other ends.
    const taken = endpoint === undefined && onHost.some((link) => link.ifname === original);
    const name = taken ? wireEndName(pod, `${inner.ifname} back`) : original;
    const port = endpoint === undefined ? { name, alias: '' } : endpointName(name, endpoint, before);
    await ipBatch(namespace, [
      // Of one of an engine's its mark says it until it is where it belongs.
      ...(endpoint === undefined ? [] : [`link set ${inner.ifname} alias "${port.alias}"`]),
      `link set ${inner.ifname} nomaster`,
      `link set ${inner.ifname} netns ${process.pid} name ${name}`,
    ]);
    await open(name, port, at, before);
    // Where Open vSwitch is away, the owner of an endpoint puts it there.
    await plug(port, at, openVswitch).catch(async (error) => {
      if (!(await openVswitch.isAway())) failures.push(error);
    });
  }
  await releaseNamespace(fn);
  // Its ways are all out by now.
  if (failures.length > 0) throw failures[0];
}

/** Lets go of a function's namespace: with the last process in it, and its wires' ends, it ends. */
export async function releaseNamespace(fn: string): Promise<void> {
  if (!existsSync(pathOf(fn))) return;
  const namespace: Namespace = { name: functionNamespace(fn) };
  const ours = (await linksIn(namespace)).filter((link) => /^[ow]-/.test(link.ifname));
  await deleteLinks(
    namespace,
    ours.map((link) => link.ifname),
  );
  await run('ip', ['netns', 'del', functionNamespace(fn)], { code: 'ERR_NETWORK' });
}

/** Whether a pod's traffic passes a function now; read from the kernel, both ends compared. Nothing: none of it does. */
export async function observeWire(ends: WireEnds): Promise<Wire | undefined> {
  if (!existsSync(pathOf(ends.function))) return undefined;
  const scene = await look(ends);
  const { ways, unguardable } = legsOf(ends.pod, scene.own, scene.places);
  if (!ways.some(({ place }) => place === 'function')) {
    // A pod without networks has nothing that could go around.
    const nothing = ways.length === 0 && unguardable.length === 0 && !scene.former;
    return nothing ? { pod: ends.pod, function: ends.function, whole: true } : undefined;
  }
  const whole =
    unguardable.length === 0 && !scene.former && ways.every((way) => isInserted(way, scene.places));
  return { pod: ends.pod, function: ends.function, whole };
}

/** A pod's ways into networks, each with the bridge that it leads to and its port there. */
export async function waysOf(
  ends: Pick<WireEnds, 'project' | 'pod' | 'pid'> & Partial<WireEnds>,
): Promise<{ readonly id: number; readonly bridge: string; readonly port: string }[]> {
  const { own, places } = await lookSaid(ends);
  return legsOf(ends.pod, own, places).ways.flatMap((way) => {
    const port = endOnHost(way, places);
    const at = switchOfWay(way, places);
    return port && at ? [{ id: way.own.ifindex, bridge: at.bridge, port: port.ifname }] : [];
  });
}

/**
 * By what is known of the host; Open vSwitch has to say the rest only where one of the pod's own ways ends at a port of it.
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
async function lookSaid(ends: Parameters<typeof look>[0] & { readonly pod: string }): Promise<Scene> {
  const scene = await look(ends, knownHostLinks);
  const { ways } = legsOf(ends.pod, scene.own, scene.places);
  const ports = ways.map((way) => endOnHost(way, scene.places));
  return ports.some((port) => port && isUnsaid(port)) ? look(ends, hostLinks) : scene;
}

/**
 * What a way leads to; nothing when it leads to nothing, or when that is not known of an endpoint's.
 * @throws HeddleError ERR_NETWORK for a wire that was cut in two
 */
function outerSwitch(pod: string, way: Way, places: WireLinks): Switch | undefined {
  const at = switchOfWay(way, places);
  if (!at && way.place !== 'host' && !isOfEndpoint(way))
    throw new HeddleError(
      'ERR_NETWORK',
      `${pod}: the wire at ${way.peer.ifname} leads to no bridge any more`,
    );
  return at;
}

/** Whether its port is an endpoint's of Heddle's, which its owner looks after. */
function isOfEndpoint(way: Way): boolean {
  return endpointIdOf(originalName(way) ?? '') !== undefined;
}

/** Takes a way out away: a card of the host's goes back, what is virtual goes. */
async function cut(pid: number, { ifindex, ifname, linkinfo }: Link): Promise<void> {
  const change = (...args: string[]) => inNamespace({ pid }, ['ip', 'link', 'set', 'dev', ...args]);
  // Under a name of our own first: the one it has is data.
  const name = `cut${ifindex}`;
  await change(ifname, 'down');
  await change(ifname, 'name', name);
  if (linkinfo?.info_kind === undefined) await change(name, 'netns', String(process.pid));
  else await deleteLinks({ pid }, [name]);
}
