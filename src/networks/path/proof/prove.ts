import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Link } from '../../ip.ts';
import type { WayEnds } from '../patch/hops.ts';
import { legsOf, type Way } from '../patch/legs.ts';
import { endOnHost, switchOfWay } from '../patch/outside.ts';
import { Panel } from '../patch/panel.ts';
import { hangWithin, type KnownPassage, passagesAt } from '../patch/passage.ts';
import { endsOf } from '../patch/passed.ts';
import { routesIn } from '../patch/routes.ts';
import { type ChainPlace, lookSaid, type PathEnds } from '../patch/scene.ts';
import type { PeerAddress, WayNetwork } from '../selection.ts';
import { answerTo, type Leg, openingsOf } from './exchange.ts';
import { frameOf, secretBytes, type Tag } from './frame.ts';
import type { Prober, Sender } from './prober.ts';
import type { ChainProof, Passing } from './proof.ts';
import { type Direction, type Stop, stopsOf } from './stops.ts';
import { isWhole, type SeenFlow, type Sighting, type Verdict, verdictOf } from './verdict.ts';

/** Milliseconds in which a probe has to come through, and in which what comes twice is seen. */
const patience = 400;
const settled = 5;
/** Milliseconds before one that failed is sent again. */
const pauses = [100, 500];

/** What came of proving a chain, and by which flows it goes on being proved. */
export interface Outcome {
  readonly proof: ChainProof;
  readonly flows: readonly Flow[];
}

/** Probes that came through: one that opens a flow, and one that answers. */
export interface Flow {
  readonly ends: WayEnds;
  readonly legs: readonly [Leg, Leg];
}

interface Found {
  readonly passings: Passing[];
  readonly flows: Flow[];
}

/** A way of a pod that is led, with what has to be known to prove its chains. */
interface Scene {
  readonly prober: Prober;
  readonly pid: number;
  readonly way: Way;
  readonly ends: WayEnds;
  readonly network: WayNetwork;
  readonly patch: readonly Link[];
  readonly onHost: readonly Link[];
}

/**
 * Sends probes through chains of a pod, from both ends of each of its ways and in each family of addresses that both ends have, and
 * says where they were seen.
 * @param only the chains that are to be proved; absent: all
 * @throws HeddleError ERR_NETWORK
 */
export async function proveChains(
  prober: Prober,
  place: PathEnds,
  only?: readonly string[],
): Promise<Outcome[]> {
  const panel = new Panel(place.project);
  const [{ own: links, places }, state] = await Promise.all([lookSaid(place), panel.read()]);
  const { ways } = legsOf(place.pod, links, places);
  const functions = place.functions.map(({ name }) => name);
  const chains = (place.chains?.chains ?? []).filter(({ chain }) => only?.includes(chain) ?? true);
  const outcomes = new Map(chains.map(({ chain }) => [chain, { passings: [], flows: [] } as Found]));
  for (const way of ways) {
    const end = { pod: place.pod, ifindex: way.own.ifindex };
    const ends = endsOf(end, places.patch);
    const bridge = switchOfWay(way, places)?.bridge;
    const network = place.chains?.networks.find((one) => one.bridge === bridge);
    const all = passagesAt(end, places.patch);
    const routes = ends && routesIn(state, ends, all);
    // Where the pod has no address there is nothing to send probes by.
    if (!network?.own) continue;
    if (!ends || !routes?.own) {
      for (const { chain } of chains) outcomes.get(chain)?.passings.push(notLed(way));
      continue;
    }
    await Promise.all(all.map((one) => seeWithin(panel, place, one)));
    const scene = { prober, pid: place.pid, way, ends, network, patch: places.patch, onHost: places.host };
    const { own } = routes;
    const { own: at } = network;
    await Promise.all(
      chains.map(async (chain) => {
        const through = routes.chains.get(chain.chain);
        const found = await proveOn(scene, at, chain, through && [...through, ...own], functions);
        outcomes.get(chain.chain)?.passings.push(...found.passings);
        outcomes.get(chain.chain)?.flows.push(...found.flows);
      }),
    );
  }
  const at = new Date().toISOString();
  return [...outcomes].map(([chain, { passings, flows }]) => ({
    proof: { chain, pod: place.pod, at, passings },
    flows,
  }));
}

function notLed({ own: { ifname } }: Way): Passing {
  const failure = 'its way is not led over the patch panel, or gets lost there';
  return { interface: ifname, family: 'ipv4', direction: 'in', hops: [], took: null, failure };
}

/** Whoever has the rights within a function may have taken away what sees probes there. */
async function seeWithin(
  panel: Panel,
  { functions, chains }: PathEnds,
  { function: fn, wire, lane }: KnownPassage,
): Promise<void> {
  const all = [...functions, ...(chains?.chains ?? []).flatMap((chain) => chain.functions)];
  const place = all.find(({ name }) => name === fn);
  if (place) await hangWithin(panel, { wire, lane, pid: place.pid });
}

async function proveOn(
  scene: Scene,
  own: PeerAddress,
  chain: ChainPlace,
  passages: readonly KnownPassage[] | undefined,
  functions: readonly string[],
): Promise<Found> {
  const wanted = [...chain.functions.map(({ name }) => name), ...functions];
  const passed = passages?.map((one) => one.function) ?? [];
  const interfaceName = scene.way.own.ifname;
  const mac = scene.way.own.address;
  const passings: Passing[] = [];
  const flows: Flow[] = [];
  for (const opening of openingsOf(chain, scene.network, { ...own, mac }, randomInt(65536))) {
    const { family } = opening;
    const about = (leg: Leg) => ({ interface: interfaceName, family, direction: leg.direction });
    const stopped = chain.functions.find(({ isStopped }) => isStopped);
    if (stopped) {
      passings.push({
        ...about(opening),
        hops: [],
        took: null,
        failure: `${stopped.name} does not run, or is not ready`,
      });
      return { passings, flows: [] };
    }
    if (!passages || passed.join() !== wanted.join()) {
      const failure = `its traffic is led through ${passed.join(', ') || 'nothing'}, and not through ${wanted.join(', ')}`;
      passings.push({ ...about(opening), hops: [], took: null, failure });
      return { passings, flows: [] };
    }
    const opened = await tried(scene, opening, passages);
    passings.push({ ...about(opening), ...opened.verdict });
    // An answer to what did not come through would be lost of that.
    if (!opened.flow || opened.verdict.failure !== undefined) return { passings, flows: [] };
    const answer = answerTo(opening, opened.flow);
    const answered = await tried(scene, answer, passages);
    passings.push({ ...about(answer), ...answered.verdict });
    if (answered.verdict.failure !== undefined) return { passings, flows: [] };
    flows.push({ ends: scene.ends, legs: [opening, answer] });
  }
  return { passings, flows };
}

/** Sends a probe, and another where one is lost: links that are new may take a moment to open, and a busy host drops one. */
async function tried(...what: Parameters<typeof sent>): ReturnType<typeof sent> {
  for (const pause of pauses) {
    const outcome = await sent(...what);
    if (outcome.verdict.failure === undefined) return outcome;
    await wait(pause);
  }
  return sent(...what);
}

/** Sends one probe, and waits until it has been seen wherever it has to be, or will not be any more. */
async function sent(
  { prober, pid, way, ends, patch, onHost }: Scene,
  { direction, probe }: Leg,
  passages: readonly KnownPassage[],
): Promise<{ readonly verdict: Verdict; readonly flow: SeenFlow | undefined }> {
  const stops = stopsOf(direction, ends, passages, patch);
  const secret = randomBytes(secretBytes);
  const sightings: Sighting[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  prober.expect(secret, ends, (seen) => {
    sightings.push(seen);
    if (isWhole(stops, sightings)) resolve();
  });
  const name = secret.toString('hex');
  const tag: Tag = { secret, number: 1, end: direction === 'in' ? 1 : 0 };
  try {
    prober.open(name, senderOf(direction, pid, way, { patch, onHost }));
    prober.send(name, frameOf(probe, tag));
    // Its namespace would stay with it.
    prober.close(name);
    await Promise.race([promise, wait(patience)]);
    await wait(settled);
  } finally {
    if (!prober.isEnded) prober.forget(secret);
  }
  return {
    verdict: verdictOf(stops, sightings, namesOf(stops, passages, patch)),
    flow: sightings.find(({ isEnd }) => isEnd)?.flow,
  };
}

/** What comes from the pod is sent by its own interface; what comes from the network by the port of its switch. */
function senderOf(
  direction: Direction,
  pid: number,
  way: Way,
  { patch, onHost }: Pick<Scene, 'patch' | 'onHost'>,
): Sender {
  if (direction === 'out') return { namespace: `/proc/${pid}/ns/net`, ifindex: way.own.ifindex };
  const port = endOnHost(way, { host: onHost, patch });
  return { namespace: '/proc/self/ns/net', ifindex: port?.ifindex ?? 0 };
}

/** What an interface is called where a probe is seen by whoever reads of it. */
function namesOf(
  stops: readonly Stop[],
  passages: readonly KnownPassage[],
  patch: readonly Link[],
): (port: number) => string {
  return (port) => {
    const stop = stops.find((one) => one.port === port);
    if (stop) return stop.function ?? 'an end of its way';
    const passage = passages.find(({ outer, inner }) => port === outer || port === inner);
    if (passage)
      return port === passage.outer
        ? `the network's side of ${passage.function}`
        : `the pod's side of ${passage.function}`;
    return patch.find(({ ifindex }) => ifindex === port)?.ifname ?? `interface ${port}`;
  };
}
