import type { Link } from '../../ip.ts';
import { portNames } from '../leg.ts';
import { instancesOf, type Stage } from '../patch/hops.ts';
import { podEndOf } from '../patch/names.ts';
import { type KnownPassage, passagesAt } from '../patch/passage.ts';
import { endsOf } from '../patch/passed.ts';
import { type Noted, type Routes, routesIn } from '../patch/routes.ts';
import { doublings, quantile } from './buckets.ts';
import { added, type Crossed, type Figures, figuresSince, type Timing, timedTogether } from './figures.ts';
import { type Queue, queuedTogether } from './queues.ts';
import type { HopTelemetry, HopTraffic } from './status.ts';

// What passes the functions of a chain, from what is counted at the panel's ports. Pure.

/** All that is seen of a panel at one time. */
export interface PanelTelemetry {
  readonly noted: Noted;
  readonly patch: readonly Link[];
  readonly figures: readonly [Figures, Figures];
  /** By function. */
  readonly queues: ReadonlyMap<string, readonly Queue[]>;
}

/** The functions that a chain's traffic is to pass at a pod, from the network to the pod. */
export interface PassedFunctions {
  readonly pod: string;
  readonly chain: string;
  readonly functions: readonly string[];
  /** Those of the pod's own path. */
  readonly own: readonly string[];
}

/** The same, but of traffic only what has passed since another look. */
export function sinceThen(before: PanelTelemetry, now: PanelTelemetry): PanelTelemetry {
  const [[began, beganLater], [ended, endedLater]] = [before.figures, now.figures];
  // So nobody takes for lost what was on its way at the one look, or at the other.
  return { ...now, figures: [figuresSince(beganLater, ended), figuresSince(began, endedLater)] };
}

interface Stop {
  readonly function: string;
  readonly shared: boolean;
  /** Of all interfaces of the pod; empty: it is not passed. */
  readonly passages: readonly KnownPassage[];
  /** Whether others stand beside it, which share what comes. */
  readonly isOneOfSeveral: boolean;
}

const directions = ['in', 'out'] as const;
type Direction = (typeof directions)[number];

/** Frames that are to have been timed before it is said that none can be. */
const enough = 10;

/** @param stopped functions that do not run */
export function hopsThrough(
  passed: PassedFunctions,
  seen: PanelTelemetry,
  stopped: ReadonlySet<string>,
): HopTelemetry[] {
  const stops = stopsOf(passed, seen);
  return stops.map((stop, at) => ({
    function: stop.function,
    shared: stop.shared,
    traffic: directions.map((direction) => {
      const before = direction === 'in' ? stops.slice(0, at).toReversed() : stops.slice(at + 1);
      const previous = before.find(({ passages }) => passages.length > 0);
      // What comes to several is not what comes to one of them.
      const isAlone = !stop.isOneOfSeveral && previous?.isOneOfSeveral === false;
      const comparable = isAlone ? previous : undefined;
      return trafficThrough(stop, comparable, direction, seen, stopped.has(stop.function));
    }),
  }));
}

function stopsOf({ pod, chain, functions, own }: PassedFunctions, seen: PanelTelemetry): Stop[] {
  const routes = routesOf(pod, seen);
  const among = (all: readonly Stage<KnownPassage>[], name: string) => {
    const stages = all.filter((stage) => instancesOf(stage).some((one) => one.function === name));
    return {
      passages: stages.flatMap(instancesOf).filter((one) => one.function === name),
      isOneOfSeveral: stages.some((stage) => instancesOf(stage).length > 1),
    };
  };
  const inChain = routes.flatMap(({ chains }) => chains.get(chain) ?? []);
  const inPath = routes.flatMap((route) => route.own ?? []);
  return [
    ...functions.map((name) => ({ function: name, shared: false, ...among(inChain, name) })),
    ...own.map((name) => ({ function: name, shared: true, ...among(inPath, name) })),
  ];
}

type PodRoutes = readonly Routes<KnownPassage>[];

/** By pod, of each look: a pod may have many chains. */
const known = new WeakMap<PanelTelemetry, Map<string, PodRoutes>>();

/** The routes of a pod's ways. */
function routesOf(pod: string, seen: PanelTelemetry): PodRoutes {
  const ofLook = known.get(seen) ?? new Map<string, PodRoutes>();
  known.set(seen, ofLook);
  const before = ofLook.get(pod);
  if (before) return before;
  const { noted, patch } = seen;
  const ends = patch.flatMap((link) => podEndOf(link) ?? []).filter((end) => end.pod === pod);
  const routes = ends.flatMap((end) => {
    const atPanel = endsOf(end, patch);
    return atPanel ? [routesIn(noted, atPanel, passagesAt(end, patch))] : [];
  });
  ofLook.set(pod, routes);
  return routes;
}

function trafficThrough(
  stop: Stop,
  previous: Stop | undefined,
  direction: Direction,
  { figures: [first, second], queues }: PanelTelemetry,
  isStopped: boolean,
): HopTraffic {
  const { passages } = stop;
  const crossed = crossing(passages, direction, first, second);
  const timing = timedTogether(
    passages.flatMap((passage) => first.timings.get(exitOf(passage, direction)) ?? []),
  );
  const nothing = { direction, entered: null, left: null, lost: null, lostBefore: null };
  const unknown = { ...nothing, delay: null, hop: null, queue: null };
  if (passages.length === 0) return { ...unknown, note: isStopped ? notes.bypassed : notes.notLed };
  if (!crossed) return { ...unknown, note: notes.notCounted };
  const { entered, left } = crossed;
  // Others join where chains end.
  const comparable = previous?.shared === stop.shared ? previous : undefined;
  const here = comparable && crossing(passages, direction, second, second);
  const there = comparable && crossing(comparable.passages, direction, first, first);
  const ends = passages.map(({ wire, lane }) =>
    direction === 'in' ? portNames.inner(wire, lane) : portNames.outer(wire, lane),
  );
  const waiting = queues.get(stop.function)?.filter(({ device }) => ends.includes(device)) ?? [];
  return {
    direction,
    entered,
    left,
    lost: Math.max(0, entered.packets - left.packets),
    lostBefore: here && there ? Math.max(0, there.left.packets - here.entered.packets) : null,
    delay: delayOf(timing),
    hop: linkOf(timing),
    queue: queuedTogether(waiting) ?? null,
    note: isStopped ? notes.closed : noteOf(crossed, timing),
  };
}

const notes = {
  bypassed: 'bypassed: it does not run',
  closed: 'nothing passes: it does not run',
  notLed: 'its traffic is not led through it now',
  notCounted: 'not counted: it is from the time before there was telemetry, until it is led anew',
  idle: 'no traffic',
  silent: 'nothing comes out of it',
  changed: 'delay not measured: what comes out of it is not what went in',
  few: 'delay not measured yet',
} as const;

function noteOf({ entered, left }: Crossed, timing: Timing): string | null {
  if (entered.packets === 0) return left.packets === 0 ? notes.idle : null;
  if (timing.counts.some((count) => count > 0)) return null;
  if (left.packets === 0) return notes.silent;
  return timing.begun >= enough && left.packets >= enough ? notes.changed : notes.few;
}

function entryOf({ outer, inner }: KnownPassage, direction: Direction): number {
  return direction === 'in' ? outer : inner;
}

function exitOf({ outer, inner }: KnownPassage, direction: Direction): number {
  return direction === 'in' ? inner : outer;
}

/** What went in, as one look has it, and what came out, as another has it. */
function crossing(
  passages: readonly KnownPassage[],
  direction: Direction,
  entering: Figures,
  leaving: Figures,
): Crossed | undefined {
  const entered = passages.flatMap((one) => entering.crossed.get(entryOf(one, direction))?.entered ?? []);
  const left = passages.flatMap((one) => leaving.crossed.get(exitOf(one, direction))?.left ?? []);
  if (entered.length < passages.length || left.length < passages.length) return undefined;
  return { entered: added(entered), left: added(left) };
}

function delayOf({ counts, sum }: Timing): HopTraffic['delay'] {
  const samples = counts.reduce((all, count) => all + count, 0);
  if (samples === 0) return null;
  const at = (share: number) => microseconds(quantile(counts, share) ?? 0);
  return {
    samples,
    sum: microseconds(sum),
    mean: microseconds(sum / samples),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    buckets: doublings(counts).map(({ bound, count }) => ({ upTo: microseconds(bound), count })),
  };
}

function linkOf({ hops: samples, hopSum: sum }: Timing): HopTraffic['hop'] {
  return samples === 0 ? null : { samples, sum: microseconds(sum), mean: microseconds(sum / samples) };
}

/** To three places. */
function microseconds(nanoseconds: number): number {
  return Math.round(nanoseconds) / 1000;
}
