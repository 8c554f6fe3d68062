import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import { contentHash } from '../../../lib/hash.ts';
import { deleteLinks, inNamespace, ipBatch, ipJson, type Link, type Namespace, peerIn } from '../../ip.ts';
import { functionNamespace, managementNamespace } from '../../namespaces.ts';
import { portNames } from '../leg.ts';
import { legsOf, type PlaceName, type Way, type WireLinks } from './legs.ts';

/** The host's own namespace is the one the node lives in. */
const host: Namespace = { pid: process.pid };

/** Milliseconds. */
const longestWait = 2000;

/** A pod that traffic is led through, and the pod whose traffic it is. Process ids of their sandboxes. */
export interface WireEnds {
  readonly project: string;
  readonly pod: string;
  readonly pid: number;
  readonly function: string;
  readonly functionPid: number;
}

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
 * A bump in the wire: between a pod's interface and the engine's bridge stands a bridge in the function's own network
 * namespace. Names, addresses and published ports stay as they are; nothing reaches the pod around it.
 *
 * In the function's namespace, for the pod's interface of index 2: the bridge `w-2` with the ports `i-2` (the host end of
 * the pod's own veth) and `o-2` (whose other end is the port on the engine's bridge). The namespace bears a name under
 * /run/netns, so that it outlives every process in it, its rules and the wire included.
 *
 * A way out of the pod in which no function can stand is cut off, whoever made it.
 */
export async function insertWire(ends: WireEnds): Promise<Cut[]> {
  const scene = await look(ends);
  const { ways, unguardable } = legsOf(ends.pod, scene.own, scene.places);
  for (const link of unguardable) await cut(ends.pid, link);
  for (const way of ways) {
    if (isInserted(way)) continue;
    const bridge = outerBridge(ends.pod, way, scene.places);
    if (bridge !== undefined) await build(ends, scene, way, bridge);
    // An engine sets an end up once it is where it belongs.
    else if (way.peer.operstate === 'UP') await cut(ends.pid, way.own);
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

/** Puts the pod's interfaces back on the engine's bridges. */
export async function removeWire(pod: string, fn: string): Promise<void> {
  if (!existsSync(pathOf(fn))) return;
  const namespace: Namespace = { name: functionNamespace(fn) };
  const [links, onHost] = await Promise.all([linksIn(namespace), linksIn(host)]);
  for (const inner of links.filter((link) => link.ifname.startsWith('i-'))) {
    const [owner, , original] = (inner.ifalias ?? '').split(' ');
    const port = portBehind(inner, links, onHost);
    if (owner !== pod || original === undefined || port?.master === undefined) continue;
    // The engine may have given the name to another interface meanwhile; it finds its own by their other ends.
    const taken = onHost.some((link) => link.ifname === original);
    const name = taken ? portName(pod, `${inner.ifname} back`) : original;
    await ipBatch(namespace, [
      `link set ${inner.ifname} nomaster`,
      `link set ${inner.ifname} netns ${process.pid} name ${name}`,
    ]);
    // Whose it is, its owner marks again.
    await ipBatch(host, [
      `link set ${name} alias "" master ${port.master}`,
      ...asPortLike(name, port),
      `link set ${name} up`,
    ]);
  }
  await releaseNamespace(fn);
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
  const whole = unguardable.length === 0 && !scene.former && ways.every(isInserted);
  return { pod: ends.pod, function: ends.function, whole };
}

/** A pod's ways into networks, each with the engine's bridge that it leads to and its port on it. */
export async function waysOf(
  ends: Pick<WireEnds, 'project' | 'pod' | 'pid'> & Partial<WireEnds>,
): Promise<{ readonly id: number; readonly bridge: string; readonly port: string }[]> {
  const { own, places } = await look(ends);
  return legsOf(ends.pod, own, places).ways.flatMap((way) => {
    const outside = portOutside(way, places);
    return outside?.master === undefined
      ? []
      : [{ id: way.own.ifindex, bridge: outside.master, port: outside.ifname }];
  });
}

/** All that is seen of a pod and its function at one time. */
interface Scene {
  readonly own: readonly Link[];
  readonly places: WireLinks;
  /** The namespace under the function's name, when it is no longer the one its sandbox lives in. */
  readonly former: Namespace | undefined;
}

async function look(ends: Pick<WireEnds, 'project' | 'pid'> & Partial<WireEnds>): Promise<Scene> {
  const { functionPid, function: fn } = ends;
  const former =
    fn !== undefined && functionPid !== undefined ? await formerNamespace(fn, functionPid) : undefined;
  const [own, onHost, inFunction, inFormer, management] = await Promise.all([
    linksIn({ pid: ends.pid }),
    linksIn(host),
    functionPid === undefined ? [] : linksIn({ pid: functionPid }),
    former ? linksIn(former) : [],
    linksUnder(managementNamespace(ends.project)),
  ]);
  return { own, places: { host: onHost, function: inFunction, former: inFormer, management }, former };
}

function linksIn(namespace: Namespace): Promise<Link[]> {
  return ipJson<Link>(namespace, ['link', 'show']);
}

async function linksUnder(name: string): Promise<Link[]> {
  return existsSync(`/run/netns/${name}`) ? linksIn({ name }) : [];
}

function isInserted({ own, place, peer }: Way): boolean {
  return place === 'function' && peer.master === portNames.bridge(own.ifindex);
}

/** The port on the engine's bridge behind which a way begins. */
function portOutside({ place, peer }: Way, places: WireLinks): Link | undefined {
  if (place === 'host') return peer.linkinfo?.info_slave_kind === 'bridge' ? peer : undefined;
  const outer = places[place].find((link) => link.master === peer.master && link.ifindex !== peer.ifindex);
  return outer && peerIn(places.host, outer);
}

/**
 * The engine's bridge that a way leads to; nothing when it leads to none.
 * @throws HeddleError ERR_NETWORK for a wire that was cut in two
 */
function outerBridge(pod: string, way: Way, places: WireLinks): string | undefined {
  const bridge = portOutside(way, places)?.master;
  if (bridge === undefined && way.place !== 'host')
    throw new HeddleError(
      'ERR_NETWORK',
      `${pod}: the wire at ${way.peer.ifname} leads to no bridge any more`,
    );
  return bridge;
}

function portBehind(inner: Link, links: readonly Link[], onHost: readonly Link[]): Link | undefined {
  const outer = links.find((link) => link.master === inner.master && link.ifindex !== inner.ifindex);
  return outer && peerIn(onHost, outer);
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

/** Builds one wire. Everything new stands before the pod's end is moved, so that traffic pauses for milliseconds. */
async function build(ends: WireEnds, { places }: Scene, way: Way, bridge: string): Promise<void> {
  const { own, peer } = way;
  const target: Namespace = { pid: ends.functionPid };
  const source = namespaceOf(ends, way.place);
  const inner = portNames.inner(own.ifindex);
  const outer = portNames.outer(own.ifindex);
  const wire = portNames.bridge(own.ifindex);
  const outside = portName(ends.pod, String(own.ifindex));
  // The name the engine knows it by is kept in the alias, for the way back.
  const original = way.place === 'host' ? peer.ifname : peer.ifalias?.split(' ')[2];
  if (original === undefined)
    throw new HeddleError('ERR_NETWORK', `${ends.pod}: ${peer.ifname} has lost its name`);
  await clear(target, [wire, outer], outside, places.host);
  await ipBatch(target, [
    `link add ${wire} type bridge stp_state 0 forward_delay 0 mcast_snooping 0 nf_call_iptables 1 nf_call_ip6tables 1`,
    `link set ${wire} addrgenmode none`,
    `link add ${outer} mtu ${own.mtu} type veth peer name ${outside} mtu ${own.mtu} netns ${process.pid}`,
    `link set ${outer} addrgenmode none`,
    `link set ${outer} master ${wire}`,
    `link set ${outer} up`,
    `link set ${wire} up`,
  ]);
  await ipBatch(host, [
    `link set ${outside} addrgenmode none`,
    `link set ${outside} alias "heddle ${ends.pod} ${own.ifindex}"`,
    `link set ${outside} up`,
  ]);
  await ipBatch(source, [
    `link set ${peer.ifname} nomaster`,
    `link set ${peer.ifname} netns ${ends.functionPid} name ${inner}`,
  ]);
  await ipBatch(target, [
    `link set ${inner} addrgenmode none`,
    `link set ${inner} address ${freshAddress()}`,
    `link set ${inner} alias "${ends.pod} ${own.ifindex} ${original}"`,
    `link set ${inner} master ${wire}`,
    `link set ${inner} up`,
  ]);
  await ipBatch(host, [
    `link set ${outside} master ${bridge}`,
    ...asPortLike(outside, portOutside(way, places)),
  ]);
  await carried(ends, [inner, outer]);
}

/** One that asks for its own published port is answered through the same port of its bridge, if it was so before. */
function asPortLike(name: string, port: Link | undefined): string[] {
  const isHairpin = port?.linkinfo?.info_slave_data?.hairpin === true;
  return isHairpin ? [`link set ${name} type bridge_slave hairpin on`] : [];
}

/**
 * The kernel may take a second to see that what was moved has a carrier, and until then its bridge lets nothing through. Its
 * owner may have taken an end down: that is no reason to wait longer.
 */
async function carried({ functionPid }: WireEnds, ports: readonly string[]): Promise<void> {
  const isUp = ({ ifname, operstate }: Link) => operstate === 'UP' || !ports.includes(ifname);
  const end = Date.now() + longestWait;
  while (!(await linksIn({ pid: functionPid })).every(isUp) && Date.now() < end) await wait(50);
}

/**
 * A hardware address that nobody else has. The engine's bridge may have taken that of the pod's port while it was there, and
 * a bridge drops what comes from an address of its own ports: the pod and its gateway would not hear each other.
 */
function freshAddress(): string {
  const [first = 0, ...rest] = randomBytes(6);
  // Locally administered, and of one card (IEEE 802, 8.2.2).
  return [(first & 0xfc) | 0x02, ...rest].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function namespaceOf(ends: WireEnds, place: PlaceName): Namespace {
  if (place === 'host') return host;
  return place === 'former' ? { name: functionNamespace(ends.function) } : { pid: ends.functionPid };
}

/** What an insertion that was cut short, or a wire whose pod went away, has left. */
async function clear(
  target: Namespace,
  names: readonly string[],
  outside: string,
  onHost: readonly Link[],
): Promise<void> {
  await deleteLinks(target, names);
  const stale = onHost.find((link) => link.ifname === outside && link.ifalias?.startsWith('heddle '));
  if (stale) await deleteLinks(host, [outside]);
}

async function formerNamespace(fn: string, functionPid: number): Promise<Namespace | undefined> {
  const named = await stat(pathOf(fn)).catch(() => undefined);
  const current = await stat(`/proc/${functionPid}/ns/net`).catch((cause) => {
    throw new HeddleError('ERR_NETWORK', `${fn}: the process ${functionPid} of its sandbox has ended`, {
      cause,
    });
  });
  return named && named.ino !== current.ino ? { name: functionNamespace(fn) } : undefined;
}

function pathOf(fn: string): string {
  return `/run/netns/${functionNamespace(fn)}`;
}

/** Name of the wire's end on the engine's bridge; at most 15 characters. */
function portName(pod: string, end: string): string {
  return `hdl${contentHash(`${pod} ${end}`).slice(0, 11)}`;
}
