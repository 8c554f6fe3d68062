import { existsSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { contentHash } from '../../lib/hash.ts';
import { checkedName } from '../../lib/names.ts';
import { deleteLinks, ipBatch, ipJson, type Link, type Namespace, peerIn } from '../ip.ts';

/** The host's own namespace is the one the node lives in. */
const host: Namespace = { pid: process.pid };

/** A pod that traffic is led through, and the pod whose traffic it is. Process ids of their sandboxes. */
export interface WireEnds {
  readonly pod: string;
  readonly pid: number;
  readonly function: string;
  readonly functionPid: number;
}

/** An interface of a pod whose traffic passes a function. */
export interface Wire {
  readonly pod: string;
  readonly function: string;
  readonly interface: string;
}

/**
 * A bump in the wire: between a pod's interface and the engine's bridge stands a bridge in the function's own network
 * namespace. Names, addresses and published ports stay as they are; nothing reaches the pod around it.
 *
 * In the function's namespace, for the pod's eth0: the bridge `w-eth0` with the ports `i-eth0` (the host end of the
 * pod's own veth) and `o-eth0` (whose other end is the port on the engine's bridge). The namespace bears a name under
 * /run/netns, so that it outlives every process in it, its rules and the wire included.
 */
export async function insertWire(ends: WireEnds): Promise<void> {
  const target: Namespace = { pid: ends.functionPid };
  const former = await formerNamespace(ends);
  for (const own of await ownInterfaces(ends.pid)) {
    if (await isInserted(target, own)) continue;
    const place = (await findPeer(host, own)) ?? (former && (await findPeer(former, own)));
    if (!place) {
      throw new HeddleError(
        'ERR_NETWORK',
        `${ends.pod}: the other end of its interface ${own.ifname} was not found`,
      );
    }
    const bridge =
      place.namespace === host ? masterOf(ends.pod, place.link) : await outerBridge(place.namespace, own);
    await build(ends, target, own, place, bridge);
  }
  if (former) await run('ip', ['netns', 'del', nameOf(ends.function)], { code: 'ERR_NETWORK' });
  if (!existsSync(pathOf(ends.function))) {
    await run('ip', ['netns', 'attach', nameOf(ends.function), String(ends.functionPid)], {
      code: 'ERR_NETWORK',
    });
  }
}

/** Puts the pod's interfaces back on the engine's bridges. */
export async function removeWire(pod: string, fn: string): Promise<void> {
  if (!existsSync(pathOf(fn))) return;
  const namespace: Namespace = { name: nameOf(fn) };
  const links = await ipJson<Link>(namespace, ['link', 'show']);
  for (const inner of links.filter((link) => link.ifname.startsWith('i-'))) {
    const [owner, , original] = (inner.ifalias ?? '').split(' ');
    if (owner !== pod || original === undefined) continue;
    const bridge = await outerBridge(namespace, { ifname: inner.ifname.slice(2) });
    const taken = (await ipJson<Link>(host, ['link', 'show'])).some((link) => link.ifname === original);
    // The engine may have given the name to another interface meanwhile; it finds its own by their other ends.
    const name = taken ? portName(pod, `${inner.ifname} back`) : original;
    await ipBatch(namespace, [
      `link set ${inner.ifname} nomaster`,
      `link set ${inner.ifname} netns ${process.pid} name ${name}`,
    ]);
    await ipBatch(host, [`link set ${name} master ${bridge}`, `link set ${name} up`]);
  }
  await releaseNamespace(fn);
}

/** Lets go of a function's namespace: with the last process in it, and its wires' ends, it ends. */
export async function releaseNamespace(fn: string): Promise<void> {
  if (!existsSync(pathOf(fn))) return;
  const namespace: Namespace = { name: nameOf(fn) };
  const links = await ipJson<Link>(namespace, ['link', 'show']);
  const ours = links.filter((link) => /^[ow]-/.test(link.ifname));
  await deleteLinks(
    namespace,
    ours.map((link) => link.ifname),
  );
  await run('ip', ['netns', 'del', nameOf(fn)], { code: 'ERR_NETWORK' });
}

/** The interfaces of a pod that pass a function now; read from the kernel, both ends compared. */
export async function observeWires(ends: WireEnds): Promise<Wire[]> {
  if (!existsSync(pathOf(ends.function)) || (await formerNamespace(ends))) return [];
  const target: Namespace = { pid: ends.functionPid };
  const wires: Wire[] = [];
  for (const own of await ownInterfaces(ends.pid)) {
    if (await isInserted(target, own))
      wires.push({ pod: ends.pod, function: ends.function, interface: own.ifname });
  }
  return wires;
}

/** A pod's interfaces that lead to networks: all veth but the management link. */
export async function ownInterfaces(pid: number): Promise<Link[]> {
  const links = await ipJson<Link>({ pid }, ['link', 'show']);
  return links.filter((link) => link.linkinfo?.info_kind === 'veth' && !link.ifname.startsWith('heddle'));
}

interface Place {
  readonly namespace: Namespace;
  readonly link: Link;
}

/** The other end of an interface, if it is in this namespace. */
async function findPeer(namespace: Namespace, own: Link): Promise<Place | undefined> {
  const link = peerIn(await ipJson<Link>(namespace, ['link', 'show']), own);
  return link && { namespace, link };
}

async function isInserted(target: Namespace, own: Link): Promise<boolean> {
  const place = await findPeer(target, own);
  return place?.link.master === `w-${own.ifname}`;
}

/** The engine's bridge that an interface on the host is a port of. */
function masterOf(pod: string, link: Link): string {
  if (link.master === undefined || link.linkinfo?.info_slave_kind !== 'bridge') {
    throw new HeddleError('ERR_NETWORK', `${pod}: its interface ${link.ifname} is on no bridge`, {
      hint: 'a function in the path needs a service on bridge networks',
    });
  }
  return link.master;
}

/** The engine's bridge that a wire's outer end leads to. */
async function outerBridge(namespace: Namespace, own: { readonly ifname: string }): Promise<string> {
  const links = await ipJson<Link>(namespace, ['link', 'show']);
  const outer = links.find((link) => link.ifname === `o-${own.ifname}`);
  const port = outer && (await findPeer(host, outer));
  if (port?.link.master === undefined) {
    throw new HeddleError('ERR_NETWORK', `the wire at ${own.ifname} leads to no bridge any more`);
  }
  return port.link.master;
}

/** Builds one wire. Everything new stands before the pod's end is moved, so that traffic pauses for milliseconds. */
async function build(
  ends: WireEnds,
  target: Namespace,
  own: Link,
  place: Place,
  bridge: string,
): Promise<void> {
  const { ifname } = own;
  const outside = portName(ends.pod, ifname);
  // The name the engine knows it by is kept in the alias, for the way back.
  const original = place.namespace === host ? place.link.ifname : place.link.ifalias?.split(' ')[2];
  if (original === undefined)
    throw new HeddleError('ERR_NETWORK', `${ends.pod}: ${place.link.ifname} has lost its name`);
  await clear(target, ifname, outside);
  await ipBatch(target, [
    `link add w-${ifname} type bridge stp_state 0 forward_delay 0 mcast_snooping 0 nf_call_iptables 1 nf_call_ip6tables 1`,
    `link set w-${ifname} addrgenmode none`,
    `link add o-${ifname} mtu ${own.mtu} type veth peer name ${outside} mtu ${own.mtu} netns ${process.pid}`,
    `link set o-${ifname} addrgenmode none`,
    `link set o-${ifname} master w-${ifname}`,
    `link set o-${ifname} up`,
    `link set w-${ifname} up`,
  ]);
  await ipBatch(host, [
    `link set ${outside} addrgenmode none`,
    `link set ${outside} alias "heddle ${ends.pod} ${ifname}"`,
    `link set ${outside} up`,
  ]);
  await ipBatch(place.namespace, [
    `link set ${place.link.ifname} nomaster`,
    `link set ${place.link.ifname} netns ${ends.functionPid} name i-${ifname}`,
  ]);
  await ipBatch(target, [
    `link set i-${ifname} addrgenmode none`,
    `link set i-${ifname} alias "${ends.pod} ${ifname} ${original}"`,
    `link set i-${ifname} master w-${ifname}`,
    `link set i-${ifname} up`,
  ]);
  await ipBatch(host, [`link set ${outside} master ${bridge}`]);
}

/** What an insertion that was cut short, or a wire whose pod went away, has left. */
async function clear(target: Namespace, ifname: string, outside: string): Promise<void> {
  await deleteLinks(target, [`w-${ifname}`, `o-${ifname}`]);
  const onHost = await ipJson<Link>(host, ['link', 'show']);
  const stale = onHost.find((link) => link.ifname === outside && link.ifalias?.startsWith('heddle '));
  if (stale) await deleteLinks(host, [outside]);
}

/** The namespace under the function's name, when it is no longer the one its sandbox lives in. */
async function formerNamespace(ends: WireEnds): Promise<Namespace | undefined> {
  const { stat } = await import('node:fs/promises');
  const named = await stat(pathOf(ends.function)).catch(() => undefined);
  const current = await stat(`/proc/${ends.functionPid}/ns/net`);
  return named && named.ino !== current.ino ? { name: nameOf(ends.function) } : undefined;
}

function nameOf(fn: string): string {
  return `heddle-${checkedName('container', fn)}`;
}

function pathOf(fn: string): string {
  return `/run/netns/${nameOf(fn)}`;
}

/** Name of the wire's end on the engine's bridge; at most 15 characters. */
function portName(pod: string, ifname: string): string {
  return `hdl${contentHash(`${pod} ${ifname}`).slice(0, 11)}`;
}
