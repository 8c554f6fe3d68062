import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Link } from '../../ip.ts';
import type { Groups } from '../patch/groups.ts';
import { instancesOf, type Stage, type WayEnds } from '../patch/hops.ts';
import { legsOf, type Way } from '../patch/legs.ts';
import { switchOfWay } from '../patch/outside.ts';
import { Panel } from '../patch/panel.ts';
import { hangWithin, type KnownPassage, passagesAt } from '../patch/passage.ts';
import { endsOf } from '../patch/passed.ts';
import { routesIn } from '../patch/routes.ts';
import { type ChainPlace, lookSaid, type PathEnds } from '../patch/scene.ts';
import type { PeerAddress, WayNetwork } from '../selection.ts';
import { answerTo, type Leg, openingsOf } from './exchange.ts';
import { frameOf, secretBytes, type Tag } from './frame.ts';
import type { Prober } from './prober.ts';
import type { ChainProof, Passing } from './proof.ts';
import { type Choices, type Round, roundsOf } from './rounds.ts';
import { Senders } from './senders.ts';
import { type Stop, stopsOf } from './stops.ts';
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
  /** Functions that some probe did not come through. */
  readonly unproven: ReadonlySet<string>;
}

/** Probes that came through: one that opens a flow, and one that answers. */
export interface Flow {
  readonly ends: WayEnds;
  readonly choices: Choices;
  readonly legs: readonly [Leg, Leg];
}

interface Found {
  readonly passings: Passing[];
  readonly flows: Flow[];
  readonly unproven: Set<string>;
}

const nothing = (): Found => ({ passings: [], flows: [], unproven: new Set() });

/** A way of a pod that is led, with what has to be known to prove its chains. */
interface Scene {
  readonly prober: Prober;
  readonly senders: Senders;
  readonly way: Way;
  readonly ends: WayEnds;
  readonly network: WayNetwork;
  readonly patch: readonly Link[];
  readonly groups: Groups;
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
  const [{ own: links, places }, state] = await Promise.all([lookSaid(place), panel.noted()]);
  const { ways } = legsOf(place.pod, links, places);
  const functions = place.functions.map(({ name }) => name);
  const chains = (place.chains?.chains ?? []).filter(({ chain }) => only?.includes(chain) ?? true);
  const outcomes = new Map(chains.map(({ chain }) => [chain, nothing()]));
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
      for (const { chain, functions: own } of chains) {
        outcomes.get(chain)?.passings.push(notLed(way));
        for (const { name } of own) outcomes.get(chain)?.unproven.add(name);
      }
      continue;
    }
    const proved = new Set(chains.map(({ chain }) => chain));
    await seeWithin(
      panel,
      place,
      all.filter(({ chain }) => chain === '' || proved.has(chain)),
    );
    using senders = new Senders(prober, place.pid, way, places);
    const scene = { prober, senders, way, ends, network, patch: places.patch, groups: state.groups };
    const { own } = routes;
    const { own: at } = network;
    await Promise.all(
      chains.map(async (chain) => {
        const through = routes.chains.get(chain.chain);
        const found = await proveOn(scene, at, chain, through && [...through, ...own], functions);
        const all = outcomes.get(chain.chain);
        all?.passings.push(...found.passings);
        all?.flows.push(...found.flows);
        for (const fn of found.unproven) all?.unproven.add(fn);
      }),
    );
  }
  const at = new Date().toISOString();
  return [...outcomes].map(([chain, { passings, flows, unproven }]) => ({
    proof: { chain, pod: place.pod, at, passings },
    // Of one that failed nobody has to be told again.
    flows: passings.some(({ failure }) => failure !== undefined) ? [] : flows,
    unproven,
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
  passages: readonly KnownPassage[],
): Promise<void> {
  const all = [...functions, ...(chains?.chains ?? []).flatMap((chain) => chain.functions)];
  const places = new Map(all.map((place) => [place.name, place]));
  const wires = passages.flatMap(({ function: fn, wire, lane }) => {
    const place = places.get(fn);
    return place ? [{ wire, lane, pid: place.pid, isRouted: place.isRouted === true }] : [];
  });
  await hangWithin(panel, wires);
}

async function proveOn(
  scene: Scene,
  own: PeerAddress,
  chain: ChainPlace,
  stages: readonly Stage<KnownPassage>[] | undefined,
  functions: readonly string[],
): Promise<Found> {
  const wanted = [...chain.functions.map(({ name }) => name), ...functions];
  const found = { ...nothing(), unproven: new Set(wanted) };
  const interfaceName = scene.way.own.ifname;
  const openings = () =>
    openingsOf(chain, scene.network, { ...own, mac: scene.way.own.address }, randomInt(65536));
  const wrong = whyNot(chain, wanted, stages);
  const rounds = roundsOf(stages ?? [], scene.groups, new Set(wanted));
  for (const round of rounds) {
    const flows: Flow[] = [];
    let comesThrough = true;
    for (const opening of openings()) {
      const about = (leg: Leg) => ({
        interface: interfaceName,
        family: opening.family,
        direction: leg.direction,
      });
      if (wrong !== undefined) {
        found.passings.push({ ...about(opening), hops: [], took: null, failure: wrong });
        return found;
      }
      const flow = await exchanged(scene, opening, round, (leg, verdict) =>
        found.passings.push({ ...about(leg), ...verdict }),
      );
      comesThrough = flow !== undefined;
      // The other family fails of the same.
      if (!flow) break;
      flows.push(flow);
    }
    if (comesThrough) for (const passage of round.passages) found.unproven.delete(passage.function);
    found.flows.push(...flows);
  }
  return found;
}

/** What keeps probes from passing what they are to, before one is sent. */
function whyNot(
  chain: ChainPlace,
  wanted: readonly string[],
  stages: readonly Stage<KnownPassage>[] | undefined,
): string | undefined {
  const stopped = chain.functions.find(({ isStopped }) => isStopped);
  if (stopped) return `${stopped.name} does not run, or is not ready`;
  // Instances that are to go stand beside the others still.
  const passed = (stages ?? []).flatMap((stage) =>
    instancesOf(stage).flatMap((one) =>
      'group' in stage && !wanted.includes(one.function) ? [] : one.function,
    ),
  );
  if (stages && passed.join() === wanted.join()) return undefined;
  return `its traffic is led through ${passed.join(', ') || 'nothing'}, and not through ${wanted.join(', ')}`;
}

/** Sends a probe that opens a flow, and one that answers; nothing where one does not come through. */
async function exchanged(
  scene: Scene,
  opening: Leg,
  round: Round,
  said: (leg: Leg, verdict: Verdict) => void,
): Promise<Flow | undefined> {
  const opened = await tried(scene, opening, round);
  said(opening, opened.verdict);
  // An answer to what did not come through would be lost of that.
  if (!opened.flow || opened.verdict.failure !== undefined) return undefined;
  const answer = answerTo(opening, opened.flow);
  const answered = await tried(scene, answer, round);
  said(answer, answered.verdict);
  if (answered.verdict.failure !== undefined) return undefined;
  return { ends: scene.ends, choices: round.choices, legs: [opening, answer] };
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
  { prober, senders, ends, patch }: Scene,
  { direction, probe }: Leg,
  { passages, choices }: Round,
): Promise<{ readonly verdict: Verdict; readonly flow: SeenFlow | undefined }> {
  const stops = stopsOf(direction, ends, passages, patch);
  const secret = randomBytes(secretBytes);
  const sightings: Sighting[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  prober.expect(secret, ends, choices, (seen) => {
    sightings.push(seen);
    if (isWhole(stops, sightings)) resolve();
  });
  const tag: Tag = { secret, number: 1, end: direction === 'in' ? 1 : 0 };
  try {
    senders.send(direction, frameOf(probe, tag));
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
