import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError } from '../../../lib/errors.ts';
import { deleteLinks, ipBatch, type Link } from '../../ip.ts';
import { functionNamespace } from '../../namespaces.ts';
import type { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { portNames } from '../leg.ts';
import { type Selection, selectionOf, type WayNetwork } from '../selection.ts';
import { TimedEnds } from '../telemetry/timed-ends.ts';
import { choicesIn } from './choices.ts';
import type { Groups } from './groups.ts';
import type { WantedHead } from './heads.ts';
import { instancesOf, type WayEnds, writes } from './hops.ts';
import type { Way } from './legs.ts';
import { digestAt, type PodEnd, passagePorts, switchMark, wayPorts } from './names.ts';
import type { Switch } from './outside.ts';
import type { Panel } from './panel.ts';
import { buildPassages, type KnownPassage, type Planned, passagesAt, wholePassages } from './passage.ts';
import { endsOf } from './passed.ts';
import { plannedOn, type Route } from './planned.ts';
import { hopsOf, innerHead, routesIn } from './routes.ts';
import { RoutedEnds } from './routing/routed-ends.ts';
import { endRouting } from './routing/routing.ts';
import { isRoutedEnd } from './routing/state.ts';
import { type ChainsPlace, type FunctionSpace, linksIn, type Surroundings } from './scene.ts';
import { groupsOf, type WantedStage, wantedStages } from './stages.ts';
import { isLed, WayIn } from './way.ts';

/** Milliseconds that a frame may be on its way through functions that are taken out, before what it passes goes. */
const drained = 50;

/** What a way is led by: the panel, what is seen around it, and its routes. */
export interface Leading {
  readonly panel: Panel;
  readonly pod: string;
  readonly around: Surroundings;
  readonly own: Route;
  readonly chains: readonly Route[];
  readonly place: ChainsPlace | undefined;
  /** Functions that it may have been led through so far. */
  readonly others: readonly FunctionSpace[];
  readonly openVswitch: OpenVswitch;
}

/**
 * Leads one way through functions, whatever it passed before. All that is new stands before the first frame is led to it, and at
 * no moment a frame passes less than what it was to pass before, or is to pass from now on.
 * @param at where the way leads to; absent where the owner of an endpoint has to find it
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function leadWay(leading: Leading, way: Way, at: Switch | undefined): Promise<void> {
  const { panel, pod, around, own, chains, place, others, openVswitch } = leading;
  const end = { pod, ifindex: way.own.ifindex };
  const known = passagesAt(end, around.places.patch);
  const led = isLed(way, around) ? endsOf(end, around.places.patch) : undefined;
  const now = led && routesIn(around, led, known);
  const network = place && networkOf(end, place, at);
  const routes = [own, ...chains].map((route) => ({ ...route, ...takenOf(route, place, network) }));
  const whole = wholePassages(
    end,
    routes.flatMap(({ spaces }) => spaces),
    around,
    new Map(routes.flatMap(({ chain, taken }) => (taken ? [[chain, taken] as const] : []))),
  );
  const planned = routes.map((route) =>
    plannedOn(
      end,
      way.own.mtu,
      route,
      route.chain === '' ? now?.own : now?.chains.get(route.chain),
      whole,
      around.hops,
    ),
  );
  const isWhole = (key: Planned) => whole.some(({ ports }) => ports.outer === passagePorts(key).outer);
  const wayIn = led ? undefined : new WayIn(panel, pod, way, at, around);
  const beside = {
    pod: way.own.address,
    ...(network?.gateway && { gateway: network.gateway.mac }),
    ...(network && { network: network.bridge }),
    peers: Object.fromEntries(
      (place?.chains ?? []).flatMap(({ chain, peer }) =>
        network && peer.kind === 'addresses' ? [[chain, peer.byBridge[network.bridge] ?? []]] : [],
      ),
    ),
    outside: new Set(place?.chains.flatMap(({ chain, peer }) => (peer.kind === 'outside' ? [chain] : []))),
  };
  const come = planned.flat().filter((key) => !isWhole(key));
  const stay = planned.flat().filter(isWhole);
  const stayRouted = stay.filter(({ isRouted }) => isRouted);
  await Promise.all([
    buildPassages(panel, come, beside),
    // Whoever stands beside those may have changed.
    new RoutedEnds(panel).note(
      stayRouted.flatMap((key) =>
        foundIn(whole, [key]).map((one) => ({ ...one, isProxy: key.proxied !== undefined })),
      ),
      beside,
    ),
    new TimedEnds(panel).attend(foundIn(whole, stay)),
    wayIn?.prepare(around.places.host),
  ]);
  const before = around.places.patch.find(({ ifname }) => ifname === wayPorts(end).switch);
  if (led && before && digestAt(before) !== undefined) await mark(panel, end, undefined);
  const patch = await linksIn(panel.namespace);
  const all = passagesAt(end, patch);
  const [ownPassages = [], ...chainPassages] = planned.map((keys) => foundIn(all, keys));
  const open = new Set(patch.flatMap(({ ifindex, flags }) => (flags.includes('UP') ? ifindex : [])));
  // One that was built anew bears the name of the one before, and is another.
  const attached = new Set(
    around.places.patch.flatMap(({ ifname, ifindex }) => (around.attached.has(ifname) ? ifindex : [])),
  );
  const selection = place && network && selectionOf(place.chains, network);
  const note = async () => {
    const ends = led ?? expectedEnds(end, way, patch);
    // Instances may have ended, or been proven, since the panel was looked at.
    const noted = chains.length > 0 ? { ...around, groups: await panel.groups() } : around;
    const stages = chains.map((route, at): readonly WantedStage[] =>
      wantedStages(route, chainPassages[at] ?? [], {
        noted,
        passages: all,
        isOpen: ({ outer, inner }) => [outer, inner].every((port) => open.has(port) && attached.has(port)),
        now: now?.chains.get(route.chain),
        time: Number(process.hrtime.bigint()),
      }),
    );
    const groups = stages.flatMap(groupsOf);
    const wanted = hopsOf(
      ends,
      ownPassages,
      stages.map((some) => some.map(({ stage }) => stage)),
    );
    const begins = new Map(
      [...around.heads].map(([port, { next, rules }]) => [port, [next, ...rules.map((rule) => rule.next)]]),
    );
    const before = [...known, ...all, ...choicesIn(around.groups, known)];
    const { fresh, live } = writes(around.hops, wanted.hops, ends, before, begins);
    const heads = selection ? headsOf(ends, innerHead(ends, ownPassages), wanted, selection) : [];
    await panel.note(fresh);
    await panel.gather(groups);
    await panel.prepare(heads);
    const ended = [...around.heads.keys()].filter(
      (port) => wanted.hops.has(port) && !heads.some((head) => head.port === port),
    );
    await panel.lead(live, heads, ended);
    const kept = new Map([
      ...ended.map((port) => [port, 0] as const),
      ...heads.map(({ port, generation }) => [port, generation] as const),
    ]);
    return { stages, groups, kept };
  };
  const { stages, groups, kept } = await panel.gathering(note);
  await wayIn?.move(openVswitch);
  const passed = stages.flat().flatMap(({ stage }) => instancesOf(stage));
  const used = new Set([...ownPassages, ...passed].map(({ outer }) => outer));
  await clear(
    panel,
    all.filter(({ outer }) => !used.has(outer)),
    kept,
    scattered(around.groups, all, new Map(groups)),
    [...routes.flatMap((route) => route.spaces), ...others],
    led ? drained : 0,
  );
  if (place) await mark(panel, end, place.digest);
}

/** Where the network is not known that a way leads to, nobody can tell who is outside of it: nothing is led there then. */
function networkOf({ pod }: PodEnd, { networks }: ChainsPlace, at: Switch | undefined): WayNetwork {
  const network = networks.find(({ bridge }) => bridge === at?.bridge);
  if (network) return network;
  const what = at
    ? `the bridge ${at.bridge}, which is of none of its networks`
    : 'a bridge that is not known now';
  throw new HeddleError('ERR_NETWORK', `${pod}: it has chains, and an interface of it leads to ${what}`);
}

/** Of what comes to a pod connections are opened at the end towards the network. */
function takenOf(
  { chain }: Route,
  place: ChainsPlace | undefined,
  network: WayNetwork | undefined,
): Pick<Route, 'taken'> {
  const match = place?.chains.find((one) => one.chain === chain);
  if (!match) return {};
  const { side, ports } = match;
  return { taken: { opens: side === 'to' ? 'outer' : 'inner', ports, own: network?.own?.ips ?? [] } };
}

function foundIn(all: readonly KnownPassage[], keys: readonly Planned[]): readonly KnownPassage[] {
  return keys.flatMap((key) => all.find(({ ports }) => ports.outer === passagePorts(key).outer) ?? []);
}

/** What begins at the two ports at which chains do. */
function headsOf(
  ends: WayEnds,
  inner: number,
  { hops, inbound, outbound }: ReturnType<typeof hopsOf>,
  selection: Selection,
): WantedHead[] {
  const generation = randomInt(1, 2 ** 32 - 1);
  const head = (port: number, isInbound: boolean, chains: readonly number[]): WantedHead => ({
    port,
    // One that was prepared and never in force has left what is noted of another.
    generation,
    next: hops.get(port) ?? 0,
    inbound: isInbound,
    selection,
    chains,
  });
  return [head(ends.switch, true, inbound), head(inner, false, outbound)];
}

/** An interface that is moved keeps its index, which is nobody's there: where frames go is noted before it comes. */
function expectedEnds(end: PodEnd, { peer }: Way, patch: readonly Link[]): WayEnds {
  const switchEnd = patch.find(({ ifname }) => ifname === wayPorts(end).switch);
  return { pod: peer.ifindex, switch: switchEnd?.ifindex ?? 0 };
}

/** Says at the end that leads to the switch what the chains were made from, once they are. */
async function mark(panel: Panel, end: PodEnd, digest: string | undefined): Promise<void> {
  await ipBatch(panel.namespace, [`link set ${wayPorts(end).switch} alias "${switchMark(end, digest)}"`]);
}

/** The groups of a way that no frame is led to any more. */
function scattered(
  before: Groups,
  all: readonly KnownPassage[],
  kept: ReadonlyMap<number, unknown>,
): ReadonlySet<number> {
  const ports = new Set(all.map(({ outer }) => outer));
  const gone = [...before].filter(
    ([id, { instances }]) => !kept.has(id) && instances.some(({ outer }) => ports.has(outer)),
  );
  return new Set(gone.map(([id]) => id));
}

/** Takes passages away that no frame is led to any more, and what began at ports before. */
async function clear(
  panel: Panel,
  old: readonly KnownPassage[],
  kept: ReadonlyMap<number, number>,
  groups: ReadonlySet<number>,
  spaces: readonly FunctionSpace[],
  after: number,
): Promise<void> {
  if (old.length === 0 && kept.size === 0 && groups.size === 0) return;
  await wait(after);
  const gone = new Set(old.flatMap(({ outer, inner }) => [outer, inner]));
  await endProxying(old, spaces);
  await panel.forget((port) => gone.has(port), kept, groups);
  await deleteLinks(
    panel.namespace,
    old.flatMap(({ ports }) => Object.values(ports)),
  );
  await new TimedEnds(panel).forget();
  const byFunction = Map.groupBy(old, (one) => one.function);
  await Promise.all(
    [...byFunction].map(async ([fn, own]) => {
      const name = functionNamespace(fn);
      const pid = spaces.find((space) => space.name === fn)?.pid;
      const within = existsSync(`/run/netns/${name}`) ? { name } : pid === undefined ? undefined : { pid };
      const bridges = own.map(({ wire, lane }) => portNames.bridge(wire, lane));
      if (within) await deleteLinks(within, bridges);
    }),
  );
  const left = spaces.filter(
    ({ name, links }) => links.some(isRoutedEnd) && old.some((one) => one.function === name),
  );
  for (const { pid, namespace, listensAt } of new Map(left.map((space) => [space.name, space])).values())
    await endRouting({ pid, inode: namespace }, listensAt !== undefined);
}

/** What a proxy sends goes by the passages that stay from now on, and not by one of which it notices the end later. */
async function endProxying(old: readonly KnownPassage[], spaces: readonly FunctionSpace[]): Promise<void> {
  const proxies = new Map(
    spaces.flatMap((space) => (space.listensAt === undefined ? [] : [[space.name, space] as const])),
  );
  for (const { name, pid, namespace } of proxies.values()) {
    const own = old.filter((one) => one.function === name);
    const ends = own.flatMap(({ wire, lane }) => [portNames.outer(wire, lane), portNames.inner(wire, lane)]);
    if (ends.length > 0) await endRouting({ pid, inode: namespace }, true, new Set(ends));
  }
}
