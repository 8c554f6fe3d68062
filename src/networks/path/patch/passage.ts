import { setTimeout as wait } from 'node:timers/promises';
import { deleteLinks, inNamespace, ipBatch, type Link, type Namespace, peerIn } from '../../ip.ts';
import { type Lane, portNames, type WireId } from '../leg.ts';
import type { Passage } from './hops.ts';
import {
  acrossFunction,
  freshIndex,
  isOuter,
  type PassageKey,
  type PassagePorts,
  type PodEnd,
  passageMark,
  passageOf,
  passagePorts,
} from './names.ts';
import type { Panel } from './panel.ts';
import { type FunctionSpace, linksIn, type Surroundings } from './scene.ts';

/** Milliseconds. */
const longestWait = 2000;

/** A passage whose ports are at the panel. */
export interface KnownPassage extends Passage {
  readonly chain: string;
  readonly lane: Lane;
  readonly wire: WireId;
  readonly ports: PassagePorts;
}

/** A way's passages, whether they are whole or not. Pure. */
export function passagesAt({ pod, ifindex }: PodEnd, patch: readonly Link[]): KnownPassage[] {
  return patch.flatMap((outer) => {
    const key = passageOf(outer);
    if (key?.pod !== pod || key.ifindex !== ifindex || !isOuter(outer)) return [];
    const name = acrossFunction(outer.ifname);
    const inner = patch.find(({ ifname }) => ifname === name);
    if (!inner) return [];
    const ports = { outer: outer.ifname, inner: name };
    const { chain, function: fn, lane, wire } = key;
    return [{ chain, function: fn, lane, wire, outer: outer.ifindex, inner: inner.ifindex, ports }];
  });
}

/**
 * Those that are whole, through functions as they run now: frames that enter one at one of its ports come out at the other, if
 * the function lets them. Pure.
 */
export function wholePassages(
  end: PodEnd,
  spaces: readonly FunctionSpace[],
  { places: { patch }, attached }: Surroundings,
): KnownPassage[] {
  return passagesAt(end, patch).filter(({ function: fn, chain, lane, wire, ports, outer, inner }) => {
    const space = spaces.find(({ name }) => name === fn);
    if (!space || !attached.has(outer) || !attached.has(inner)) return false;
    const expected = passagePorts({ ...end, chain, function: fn, lane, wire, namespace: space.namespace });
    const bridge = portNames.bridge(wire, lane);
    const isWired = (name: string) => {
      const link = patch.find(({ ifname }) => ifname === name);
      return link?.flags.includes('UP') === true && isPortOf(bridge, peerIn(space.links, link));
    };
    return expected.outer === ports.outer && isWired(ports.outer) && isWired(ports.inner);
  });
}

function isPortOf(bridge: string, link: Link | undefined): boolean {
  return link?.master === bridge && link.flags.includes('UP');
}

/** A passage that is to be. */
export interface Planned extends PassageKey {
  readonly pid: number;
  /** Bytes. */
  readonly mtu: number;
}

/**
 * Builds passages of a way: in each function's namespace a bridge with two ports, whose other ends are at the panel. Nothing is
 * led there yet. What is there of an earlier attempt is made anew.
 */
export async function buildPassages(panel: Panel, all: readonly Planned[]): Promise<void> {
  if (all.length === 0) return;
  const ports = all.flatMap((key) => Object.values(passagePorts(key)));
  await Promise.all([
    deleteLinks(panel.namespace, ports),
    ...all.map(({ wire, lane, pid }) => deleteLinks({ pid }, [portNames.bridge(wire, lane)])),
  ]);
  await ipBatch(panel.namespace, all.flatMap(atPanel));
  await Promise.all([
    inNamespace(panel.namespace, ['tc', '-batch', '-'], panel.hang(ports)),
    ...all.map((key) => ipBatch({ pid: key.pid }, inFunction(key))),
    ...all.map((key) => hangWithin(panel, key)),
  ]);
  await Promise.all(
    all.map(({ wire, lane, pid }) =>
      carried({ pid }, [portNames.outer(wire, lane), portNames.inner(wire, lane)]),
    ),
  );
}

/** Sees to it that probes are seen within a function. */
export async function hangWithin(
  panel: Panel,
  { wire, lane, pid }: Pick<Planned, 'wire' | 'lane' | 'pid'>,
): Promise<void> {
  const ends = [portNames.outer(wire, lane), portNames.inner(wire, lane)];
  await inNamespace({ pid }, ['tc', '-batch', '-'], panel.hangWithin(ends));
}

/** Indices are fresh on both sides: where a probe is seen is said by them, whatever namespace it is in. */
function atPanel(key: Planned): string[] {
  const { outer, inner } = passagePorts(key);
  const { wire, lane, mtu, pid } = key;
  const pair = (port: string, other: string) => [
    `link add ${port} index ${freshIndex()} mtu ${mtu} type veth peer name ${other} index ${freshIndex()} mtu ${mtu} netns ${pid}`,
    `link set ${port} alias "${passageMark(key)}" up`,
  ];
  return [...pair(outer, portNames.outer(wire, lane)), ...pair(inner, portNames.inner(wire, lane))];
}

function inFunction({ wire, lane }: Planned): string[] {
  const bridge = portNames.bridge(wire, lane);
  const join = (port: string) => [
    `link set ${port} addrgenmode none`,
    `link set ${port} master ${bridge}`,
    `link set ${port} up`,
  ];
  return [
    `link add ${bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0 nf_call_iptables 1 nf_call_ip6tables 1`,
    `link set ${bridge} addrgenmode none`,
    ...join(portNames.outer(wire, lane)),
    ...join(portNames.inner(wire, lane)),
    `link set ${bridge} up`,
  ];
}

/** The kernel may take a second to see that what is new has a carrier, and until then its bridge lets nothing through. */
export async function carried(namespace: Namespace, ports: readonly string[]): Promise<void> {
  const isUp = ({ ifname, operstate }: Link) => operstate === 'UP' || !ports.includes(ifname);
  const end = Date.now() + longestWait;
  while (!(await linksIn(namespace)).every(isUp) && Date.now() < end) await wait(20);
}
