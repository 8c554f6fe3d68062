import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Hops, hopsThrough, isStepwise, type Passage, stagesIn, type Write, writes } from './hops.ts';

const ends = { pod: 1, switch: 2 };
const names = ['fw', 'ids', 'lb', 'nat'];
/** In a lane: the ports of each have numbers of their own. */
const lane = (order: readonly string[], at: 0 | 1 = 0): Passage[] =>
  order.map((name) => {
    const outer = 10 + 100 * at + 2 * names.indexOf(name);
    return { function: name, outer, inner: outer + 1 };
  });
const orders = fc.shuffledSubarray(names);

test('frames come to the pod through functions in their order, and back the other way', () => {
  expect(Object.fromEntries(hopsThrough(ends, lane(['fw', 'ids'])))).toEqual({
    2: 10,
    10: 2,
    11: 12,
    12: 11,
    13: 1,
    1: 13,
  });
  expect(Object.fromEntries(hopsThrough(ends, []))).toEqual({ 1: 2, 2: 1 });
});

test('what is noted is read again', () => {
  fc.assert(
    fc.property(orders, (order) => {
      expect(stagesIn(hopsThrough(ends, lane(order)), ends, lane(names))).toEqual(lane(order));
    }),
  );
});

describe('nothing is read', () => {
  const whole = hopsThrough(ends, lane(['fw', 'ids']));
  const read = (changed: Record<number, number>, known = lane(names)) =>
    stagesIn(
      new Map([...whole, ...Object.entries(changed).map(([k, v]) => [Number(k), v] as const)]),
      ends,
      known,
    );

  test('where frames come back another way, or round and round', () => {
    expect(read({ 1: 11 })).toBeUndefined();
    expect(read({ 13: 10, 10: 13 })).toBeUndefined();
  });

  test('where they get lost', () => {
    expect(stagesIn(new Map(), ends, [])).toBeUndefined();
    expect(read({}, lane(['fw']))).toBeUndefined();
  });
});

describe('hop by hop', () => {
  test('functions come, or go', () => {
    expect(isStepwise([], ['fw', 'ids'])).toBe(true);
    expect(isStepwise(['fw', 'lb'], ['fw', 'ids', 'lb'])).toBe(true);
    expect(isStepwise(['fw', 'ids', 'lb'], ['ids'])).toBe(true);
  });

  test('they neither change places, nor does one come for another', () => {
    expect(isStepwise(['fw', 'ids'], ['ids', 'fw'])).toBe(false);
    expect(isStepwise(['fw', 'ids'], ['fw', 'lb'])).toBe(false);
  });
});

/** The functions that a frame passes from one end to the other, while writes go on, one each `pace` hops; nothing: it is lost. */
function journey(
  from: keyof typeof ends,
  start: Hops,
  changes: readonly Write[],
  all: readonly Passage[],
  begins: number,
  pace: number,
): string[] | undefined {
  const hops = new Map(start);
  const left = [...changes];
  for (let done = 0; done < begins && left.length > 0; done++) hops.set(...(left.shift() as Write));
  const passed: string[] = [];
  let at = ends[from];
  for (let step = 1; step < 100; step++) {
    const next = hops.get(at);
    if (next === undefined) return undefined;
    if (next === ends.pod || next === ends.switch) return from === 'switch' ? passed : passed.reverse();
    const through = all.find(({ outer, inner }) => next === outer || next === inner);
    if (!through) return undefined;
    passed.push(through.function);
    at = next === through.outer ? through.inner : through.outer;
    if (step % pace === 0 && left.length > 0) hops.set(...(left.shift() as Write));
  }
  throw new Error('it goes round and round');
}

/** Whether all of an order were passed, in that order. */
function isPassed(order: readonly string[], passed: readonly string[]): boolean {
  return passed.filter((name) => order.includes(name)).join() === order.join();
}

test('whenever a frame comes, it passes all functions of one of the two orders', () => {
  fc.assert(
    fc.property(orders, orders, fc.nat(12), fc.integer({ min: 1, max: 4 }), (before, after, begins, pace) => {
      const now = lane(before);
      const then = lane(after, isStepwise(before, after) ? 0 : 1);
      const all = [...now, ...then];
      const start = hopsThrough(ends, now);
      const { fresh, live } = writes(start, hopsThrough(ends, then), ends, all);
      const changes = [...fresh, ...live];
      for (const from of ['switch', 'pod'] as const) {
        const passed = journey(from, start, changes, all, begins, pace);
        expect(passed && [before, after].some((order) => isPassed(order, passed))).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what was left by one that was cut short misleads nobody', () => {
  const start = new Map([...hopsThrough(ends, lane(['fw'])), [113, 1] as const]);
  const wanted = hopsThrough(ends, lane(['ids', 'fw'], 1));
  const { fresh, live } = writes(start, wanted, ends, [...lane(['fw']), ...lane(['ids', 'fw'], 1)]);
  expect(fresh.map(([from]) => from)).toContain(113);
  expect(live.map(([from]) => from)).toEqual([ends.switch, ends.pod]);
});
