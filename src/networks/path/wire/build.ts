import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError } from '../../../lib/errors.ts';
import { deleteLinks, ipBatch, type Link, type Namespace } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import type { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { portNames } from '../leg.ts';
import type { Way } from './legs.ts';
import { endOnHost, innerMarkOf, originalName, outsideNames, type Switch } from './outside.ts';
import { open, plug } from './plug.ts';
import { linksIn, namespaceOf, type Scene, type WireEnds } from './scene.ts';

/** Milliseconds. */
const longestWait = 2000;

/**
 * Builds one wire. Everything new stands before the pod's end is moved, so that traffic pauses for milliseconds.
 * @param at where the way leads to; absent where the owner of an endpoint has to find it
 * @param openVswitch one for all ways: it waits once for an ovs-vswitchd that does not run
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function build(
  ends: WireEnds,
  { places }: Scene,
  way: Way,
  at: Switch | undefined,
  openVswitch: OpenVswitch,
): Promise<void> {
  const { own, peer } = way;
  const target: Namespace = { pid: ends.functionPid };
  const inner = portNames.inner(own.ifindex);
  const outer = portNames.outer(own.ifindex);
  const wire = portNames.bridge(own.ifindex);
  const original = originalName(way);
  if (original === undefined)
    throw new HeddleError('ERR_NETWORK', `${ends.pod}: ${peer.ifname} has lost its name`);
  // The name that it is known by on the host is kept, for the way back.
  const mark = innerMarkOf(ends.pod, own, original, at?.bridge);
  const before = endOnHost(way, places);
  const { waiting, port } = outsideNames(ends.pod, own, original, at?.bridge, before);
  // An inner end that is not of this way is of one whose pod has gone, and that somebody holds on to.
  const stale = [wire, outer, ...(way.place === 'function' ? [] : [inner])];
  await clear(target, stale, waiting.name, places.host);
  await ipBatch(target, [
    `link add ${wire} type bridge stp_state 0 forward_delay 0 mcast_snooping 0 nf_call_iptables 1 nf_call_ip6tables 1`,
    `link set ${wire} addrgenmode none`,
    `link add ${outer} mtu ${own.mtu} type veth peer name ${waiting.name} mtu ${own.mtu} netns ${process.pid}`,
    `link set ${outer} addrgenmode none`,
    `link set ${outer} master ${wire}`,
    `link set ${outer} up`,
    `link set ${wire} up`,
  ]);
  await ipBatch(host, [`link set ${waiting.name} alias "${waiting.alias}" addrgenmode none`]);
  await ipBatch(namespaceOf(ends, way.place), [
    // A kill leaves no end that nobody knows the name of; an endpoint's own mark says it.
    ...(port.endpoint === undefined ? [`link set ${peer.ifname} alias "${mark}"`] : []),
    ...(peer.linkinfo?.info_slave_kind === 'bridge' ? [`link set ${peer.ifname} nomaster`] : []),
    `link set ${peer.ifname} netns ${ends.functionPid} name ${inner}`,
  ]);
  await ipBatch(target, [
    `link set ${inner} addrgenmode none`,
    `link set ${inner} address ${freshAddress()}`,
    `link set ${inner} alias "${mark}"`,
    `link set ${inner} master ${wire}`,
    `link set ${inner} up`,
  ]);
  // The end of a wire through a namespace that the function had formerly has the endpoint's name still, also when whoever
  // began to replace it was killed. The new end has another, and waits.
  if (port.endpoint !== undefined) await removeMarked(port.name, await linksIn(host));
  await open(waiting.name, port, at, before);
  await plug(port, at, openVswitch);
  await Promise.all([carried(target, [inner, outer]), carried(host, [port.name])]);
}

/**
 * The kernel may take a second to see that what was moved has a carrier, and until then its bridge lets nothing through. Its
 * owner may have taken an end down: that is no reason to wait longer.
 */
async function carried(namespace: Namespace, ports: readonly string[]): Promise<void> {
  const isUp = ({ ifname, operstate }: Link) => operstate === 'UP' || !ports.includes(ifname);
  const end = Date.now() + longestWait;
  while (!(await linksIn(namespace)).every(isUp) && Date.now() < end) await wait(50);
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

/** What an insertion that was cut short, or a wire whose pod went away, has left. */
async function clear(
  target: Namespace,
  names: readonly string[],
  waiting: string,
  onHost: readonly Link[],
): Promise<void> {
  await deleteLinks(target, names);
  await removeMarked(waiting, onHost);
}

/** Removes an interface of the host by its name, if it is Heddle's. */
async function removeMarked(name: string, onHost: readonly Link[]): Promise<void> {
  if (onHost.some((link) => link.ifname === name && link.ifalias?.startsWith('heddle ')))
    await deleteLinks(host, [name]);
}
