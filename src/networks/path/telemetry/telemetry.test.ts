import { expect, test } from 'vitest';
import type { Link } from '../../ip.ts';
import { passageMark, switchMark, wayPorts } from '../patch/names.ts';
import { buckets } from './buckets.ts';
import type { Crossed, Figures, Timing } from './figures.ts';
import { hopsThrough, type PanelTelemetry, sinceThen } from './telemetry.ts';

const end = { pod: 'db-1', ifindex: 2 };
const ways = wayPorts(end);
const link = (ifindex: number, ifname: string, ifalias = '') => ({ ifindex, ifname, ifalias }) as Link;
const mark = (fn: string, chain: string) =>
  passageMark({ ...end, chain, function: fn, lane: 0, wire: 'abc' });
const passage = (name: string, at: number, fn: string, chain: string) => [
  link(at, `a-${name}`, mark(fn, chain)),
  link(at + 1, `b-${name}`, mark(fn, chain)),
];
/** From the switch (1) through ids (11, 12) and tap (21, 22) of the chain, and fw (31, 32) of the pod's own, to the pod (2). */
const patch = [
  link(1, ways.switch, switchMark(end)),
  link(2, ways.pod),
  ...passage('ids', 11, 'ids-1', 'front'),
  ...passage('tap', 21, 'tap-1', 'front'),
  ...passage('fw', 31, 'fw-1', ''),
];
const both = (from: number, to: number) => [[from, to] as const, [to, from] as const];
const head = (next: number, chain: number) => ({
  generation: 1,
  next: next,
  isComplete: true,
  rules: [{ chain: 0, next: chain }],
});
const noted = {
  groups: new Map(),
  hops: new Map([...both(1, 31), ...both(12, 21), ...both(22, 31), ...both(32, 2), [11, 1] as const]),
  heads: new Map([
    [1, head(31, 11)],
    [31, head(1, 22)],
  ]),
};

const tally = (packets: number) => ({ packets, bytes: packets * 100 });
const crossed = (entered: number, left: number): Crossed => ({ entered: tally(entered), left: tally(left) });
const timing = (begun: number, ...counts: number[]): Timing => ({
  begun,
  sum: 5000,
  counts: [...counts, ...new Array<number>(buckets - counts.length).fill(0)],
  hops: 2,
  hopSum: 800,
});
const figures = (ports: Record<number, Crossed>, timings: Record<number, Timing> = {}): Figures => {
  const byPort = <T>(all: Record<number, T>) =>
    new Map(Object.entries(all).map(([port, one]) => [Number(port), one]));
  return { crossed: byPort(ports), timings: byPort(timings) };
};
const idle = Object.fromEntries([11, 12, 21, 22, 31, 32].map((port) => [port, crossed(0, 0)]));

const passed = { pod: 'db-1', chain: 'front', functions: ['ids-1', 'tap-1'], own: ['fw-1'] };
const none: ReadonlySet<string> = new Set();
const seen = (first: Figures, more: Partial<PanelTelemetry> = {}): PanelTelemetry => ({
  noted,
  patch,
  figures: [first, first],
  queues: new Map(),
  ...more,
});
const traffic = (at: PanelTelemetry, fn: string, direction = 'in', stopped = none) =>
  hopsThrough(passed, at, stopped)
    .find((hop) => hop.function === fn)
    ?.traffic.find((one) => one.direction === direction);

test('functions stand from the network to the pod, those of its own path last', () => {
  expect(hopsThrough(passed, seen(figures(idle)), none).map((hop) => [hop.function, hop.shared])).toEqual([
    ['ids-1', false],
    ['tap-1', false],
    ['fw-1', true],
  ]);
  expect(traffic(seen(figures(idle)), 'ids-1')).toMatchObject({
    entered: tally(0),
    lost: 0,
    delay: null,
    hop: null,
  });
});

test('what went in and did not come out is lost, in either direction; and what did not get to the next', () => {
  const at = seen(
    figures({
      ...idle,
      11: crossed(100, 40),
      12: crossed(50, 90),
      21: crossed(88, 49),
      22: crossed(49, 88),
      31: crossed(500, 0),
    }),
  );
  expect(traffic(at, 'ids-1')).toMatchObject({
    entered: tally(100),
    left: tally(90),
    lost: 10,
    lostBefore: null,
  });
  expect(traffic(at, 'tap-1')).toMatchObject({ lost: 0, lostBefore: 2 });
  // What leaves the pod comes to tap first, and others than this chain's frames leave its own functions.
  expect(traffic(at, 'tap-1', 'out')).toMatchObject({ lost: 0, lostBefore: null });
  expect(traffic(at, 'ids-1', 'out')).toMatchObject({ lost: 10, lostBefore: 0 });
  expect(traffic(at, 'fw-1')).toMatchObject({ lostBefore: null });
});

test('what is on its way while it is read is not lost', () => {
  const [first, second] = [
    figures({ ...idle, 11: crossed(100, 0), 12: crossed(0, 95), 21: crossed(94, 0) }),
    figures({ ...idle, 11: crossed(110, 0), 12: crossed(0, 104), 21: crossed(104, 0) }),
  ];
  const at = seen(first, { figures: [first, second] });
  expect(traffic(at, 'ids-1')?.lost).toBe(0);
  expect(traffic(at, 'tap-1')?.lostBefore).toBe(0);
});

test('delays are by the port that is left by', () => {
  const at = seen(figures({ ...idle, 11: crossed(9, 0), 12: crossed(0, 9) }, { 12: timing(9, 0, 0, 4) }));
  expect(traffic(at, 'ids-1')).toMatchObject({
    delay: { samples: 4, sum: 5, mean: 1.25, p50: 0.64, p99: 0.765 },
    hop: { samples: 2, sum: 0.8, mean: 0.4 },
    note: null,
  });
  expect(traffic(at, 'ids-1', 'out')?.delay).toBeNull();
});

test('what is not known is said', () => {
  const said = (ports: Record<number, Crossed>, timings: Record<number, Timing> = {}) =>
    traffic(seen(figures({ ...idle, ...ports }, timings)), 'ids-1')?.note;
  expect(said({})).toBe('no traffic');
  expect(said({ 11: crossed(20, 0) })).toBe('nothing comes out of it');
  expect(said({ 11: crossed(2, 0), 12: crossed(0, 2) }, { 12: timing(2) })).toBe('delay not measured yet');
  expect(said({ 11: crossed(20, 0), 12: crossed(0, 20) }, { 12: timing(20) })).toBe(
    'delay not measured: what comes out of it is not what went in',
  );
  expect(traffic(seen(figures({})), 'ids-1')).toMatchObject({ entered: null, lost: null });
});

test('a function that does not run is passed by nothing, or gone around', () => {
  const stopped = new Set(['ids-1']);
  const busy = figures({ ...idle, 11: crossed(9, 0) });
  expect(traffic(seen(busy), 'ids-1', 'in', stopped)).toMatchObject({
    entered: tally(9),
    note: 'nothing passes: it does not run',
  });
  const around = seen(busy, { patch: patch.filter(({ ifname }) => !ifname.endsWith('ids')) });
  expect(traffic(around, 'ids-1', 'in', stopped)).toMatchObject({
    entered: null,
    delay: null,
    queue: null,
    note: 'bypassed: it does not run',
  });
  expect(traffic(around, 'ids-1')?.note).toBe('its traffic is not led through it now');
});

test('what waits towards the pod is at the end there, and what waits from it at the other', () => {
  const queue = { device: 'i-abc', kind: 'tbf', packets: 3, bytes: 300, drops: 1 };
  const at = seen(figures(idle), { queues: new Map([['ids-1', [queue, { ...queue, device: 'i-other' }]]]) });
  expect(traffic(at, 'ids-1')?.queue).toEqual({ kind: 'tbf', packets: 3, bytes: 300, drops: 1 });
  expect(traffic(at, 'ids-1', 'out')?.queue).toBeNull();
});

test('of a time, what had passed before is no part, and what is on its way at its ends is not lost', () => {
  const looks = (
    [entered, left]: readonly [number, number],
    [enteredLater, leftLater]: readonly [number, number],
  ) => {
    const at = (into: number, out: number) =>
      figures({ ...idle, 11: crossed(into, 0), 12: crossed(0, out) }, { 12: timing(into, out) });
    return seen(at(entered, left), {
      figures: [at(entered, left), at(enteredLater, leftLater)],
    });
  };
  const passing = sinceThen(looks([100, 98], [103, 101]), looks([200, 198], [205, 202]));
  expect(traffic(passing, 'ids-1')).toMatchObject({
    entered: tally(97),
    left: tally(104),
    lost: 0,
    delay: { samples: 97 },
  });
});
