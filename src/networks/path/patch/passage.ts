import { setTimeout as wait } from 'node:timers/promises';
import { deleteLinks, inNamespace, ipBatch, type Link, type Namespace, peerIn } from '../../ip.ts';
import { type Lane, portNames, type WireId } from '../leg.ts';
import { TimedEnds } from '../telemetry/timed-ends.ts';
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
import type { Proxied } from './routing/proxied.ts';
import { type Beside, RoutedEnds } from './routing/routed-ends.ts';
import { beginRouting } from './routing/routing.ts';
import { type Ends, hardwareAddress, isRoutedBetween } from './routing/state.ts';
import type { End } from './routing/table.ts';
import { type FunctionSpace, linksIn, type Surroundings } from './scene.ts';

/** Milliseconds. */
const longestWait = 2000;

/** A passage whose ports are at the panel. */
export interface KnownPassage extends Passage {
  readonly chain: string;
  readonly lane: Lane;
  readonly wire: WireId;
  readonly ports: PassagePorts;
  /** As its mark says. */
  readonly position?: string;
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
    const { pod: _pod, ifindex: _ifindex, ...own } = key;
    return [{ ...own, outer: outer.ifindex, inner: inner.ifindex, ports }];
  });
}

/**
 * Those that are whole, through functions as they are now: frames that enter one at one of its ports come out at the other, if
 * the function lets them; of one that is stopped, none enters. `taken`: what a proxy is to take of each chain. Pure.
 */
export function wholePassages(
  end: PodEnd,
  spaces: readonly FunctionSpace[],
  { places: { patch }, attached, routed = new Set() }: Surroundings,
  taken: ReadonlyMap<string, Omit<Proxied, 'port'>> = new Map(),
): KnownPassage[] {
  return passagesAt(end, patch).filter(({ function: fn, chain, lane, wire, ports }) => {
    const space = spaces.find(({ name }) => name === fn);
    if (!space || !attached.has(ports.outer) || !attached.has(ports.inner)) return false;
    const expected = passagePorts({ ...end, chain, function: fn, lane, wire, namespace: space.namespace });
    const within = [ports.outer, ports.inner].map((name) => {
      const link = patch.find(({ ifname }) => ifname === name);
      const isOpen = link?.flags.includes('UP') === true;
      return link && isOpen !== (space.isStopped === true) ? peerIn(space.links, link) : undefined;
    });
    if (expected.outer !== ports.outer) return false;
    if (space.isRouted)
      return (
        isRoutedBetween(space.routing, within, {
          isGated: space.isGated === true,
          delivery:
            space.listensAt === undefined ? undefined : { port: space.listensAt, taken: taken.get(chain) },
        }) &&
        routed.has(ports.outer) &&
        routed.has(ports.inner)
      );
    const bridge = portNames.bridge(wire, lane);
    return within.every((link) => isPortOf(bridge, link));
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
  /** Whether nothing is to enter it. */
  readonly isStopped: boolean;
  /** Whether its function routes. */
  readonly isRouted: boolean;
  /** Whether it routes nothing that its rules have not seen. */
  readonly isGated: boolean;
  /** What it takes, where its function is a proxy. */
  readonly proxied?: Proxied;
}

/** One with the numbers of all its interfaces. */
interface Laid extends Planned {
  /** Of its ports at the panel. */
  readonly outer: number;
  readonly inner: number;
  /** In the function. */
  readonly within: Ends;
}

/**
 * Builds passages of a way: in each function's namespace two interfaces whose other ends are at the panel, and between them a bridge
 * or the kernel's routing. Nothing is led there yet. What is there of an earlier attempt is made anew.
 */
export async function buildPassages(panel: Panel, all: readonly Planned[], beside: Beside): Promise<void> {
  if (all.length === 0) return;
  const ports = all.flatMap((key) => Object.values(passagePorts(key)));
  const timed = new TimedEnds(panel);
  await Promise.all([
    timed.make(),
    deleteLinks(panel.namespace, ports),
    inEach(all, (pid, own) =>
      deleteLinks(
        { pid },
        own.map(({ wire, lane }) => portNames.bridge(wire, lane)),
      ),
    ),
  ]);
  const laid = all.map(layOut);
  await ipBatch(panel.namespace, laid.flatMap(atPanel));
  const [routed, wired] = [laid.filter((one) => one.isRouted), laid.filter((one) => !one.isRouted)];
  await Promise.all([
    timed.note(laid),
    inNamespace(panel.namespace, ['tc', '-batch', '-'], `${panel.hang(ports)}${timed.hang(ports)}`),
    inEach(wired, (pid, own) => ipBatch({ pid }, own.flatMap(inFunction))),
  ]);
  if (routed.length > 0) await route(panel, routed, beside);
  await hangWithin(panel, all);
  const open = all.filter(({ isStopped }) => !isStopped);
  await inEach(open, (pid, own) => carried({ pid }, own.flatMap(endsOf)));
}

/** Sees to it that probes are seen within functions. */
export async function hangWithin(
  panel: Panel,
  all: readonly Pick<Planned, 'wire' | 'lane' | 'pid' | 'isRouted'>[],
): Promise<void> {
  await inEach(all, (pid, own) => {
    const lines = own.map((one) => panel.hangWithin(endsOf(one), one.isRouted));
    return inNamespace({ pid }, ['tc', '-batch', '-'], lines.join(''));
  });
}

/** In each function with all that is of it: a process for each wire would take longer than what it does. */
async function inEach<T extends Pick<Planned, 'pid'>>(
  all: readonly T[],
  work: (pid: number, own: readonly T[]) => Promise<unknown>,
): Promise<void> {
  await Promise.all([...Map.groupBy(all, ({ pid }) => pid)].map(([pid, own]) => work(pid, own)));
}

/** Names of its interfaces in the function. */
function endsOf({ wire, lane }: Pick<Planned, 'wire' | 'lane'>): string[] {
  return [portNames.outer(wire, lane), portNames.inner(wire, lane)];
}

function layOut(key: Planned): Laid {
  const { wire, lane, isGated, proxied } = key;
  const end = (name: string) => ({ name, index: freshIndex() });
  const within = {
    outer: end(portNames.outer(wire, lane)),
    inner: end(portNames.inner(wire, lane)),
    isGated,
    ...(proxied && { proxied }),
  };
  return { ...key, outer: freshIndex(), inner: freshIndex(), within };
}

/** Whoever routes is known by an interface's number. */
async function route(panel: Panel, all: readonly Laid[], beside: Beside): Promise<void> {
  const ends = new RoutedEnds(panel);
  await ends.make();
  await ends.note(all.map(asListening), beside);
  const ports = all.flatMap((key) => Object.values(passagePorts(key)));
  await inNamespace(panel.namespace, ['tc', '-batch', '-'], ends.hang(ports));
  const byFunction = Map.groupBy(all, ({ namespace }) => namespace);
  await Promise.all(
    [...byFunction].map(([inode, [first, ...others]]) =>
      first
        ? beginRouting(
            { pid: first.pid, inode },
            [first, ...others].map(({ within }) => within),
            ends.arrive,
          )
        : undefined,
    ),
  );
}

function asListening(key: Laid) {
  const { proxied, within } = key;
  if (!proxied) return { ...key, isProxy: false };
  const listening = { within: [within.outer.index, within.inner.index], port: proxied.port };
  return { ...key, isProxy: true, listening };
}

function atPanel(key: Laid): string[] {
  const { outer, inner } = passagePorts(key);
  const { mtu, pid, isRouted, within } = key;
  const pair = (port: string, number: number, { name, index }: End) => [
    `link add ${port} index ${number} mtu ${mtu} type veth peer name ${name} index ${index} mtu ${mtu}${isRouted ? ` address ${hardwareAddress}` : ''} netns ${pid}`,
    `link set ${port} alias "${passageMark(key)}" ${key.isStopped ? 'down' : 'up'}`,
  ];
  return [...pair(outer, key.outer, within.outer), ...pair(inner, key.inner, within.inner)];
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
