import { describe, expect, test } from 'vitest';
import type { Scaling } from '../../descriptor/scaling.ts';
import { decide, type Memory } from './decide.ts';
import type { Reading } from './proposal.ts';

const scaling: Scaling = {
  min: 1,
  max: 10,
  on: [{ metric: 'sessions', target: 10 }],
  every: 15_000,
  warmup: 30_000,
  stabilization: { up: 0, down: 300_000 },
};
const sessions = (total: number, counted: number, rest: Partial<Reading> = {}): Reading => ({
  metric: 'sessions',
  target: 10,
  total,
  counted,
  starting: 0,
  missing: 0,
  ...rest,
});

/** Looks one after the other, `[seconds, sessions]`: how many replicas there are after each. */
function course(looks: readonly (readonly [number, number])[], first: number, bounds: Partial<Scaling> = {}) {
  let replicas = first;
  let memory: Memory | undefined;
  return looks.map(([seconds, total]) => {
    const wanted = { ...scaling, ...bounds };
    const decision = decide(wanted, replicas, [sessions(total, replicas)], memory, seconds * 1000);
    memory = decision.memory;
    replicas = decision.to;
    return replicas;
  });
}

describe('the number of replicas', () => {
  test('goes up at once, and says why', () => {
    const { to, reason } = decide(scaling, 2, [sessions(38, 2)], undefined, 0);
    expect(to).toBe(4);
    expect(reason).toBe('sessions is 19 for each of 2, and is to be 10');
  });

  test('goes down when nothing more was asked for in all of the window', () => {
    const looks = [0, 100, 200, 299, 300].map((seconds) => [seconds, 5] as const);
    expect(course(looks, 4)).toEqual([4, 4, 4, 4, 1]);
  });

  test('goes down to the most that was asked for in the window', () => {
    expect(
      course(
        [
          [0, 5],
          [200, 28],
          [300, 5],
          [400, 5],
          [501, 5],
        ],
        4,
      ),
    ).toEqual([4, 4, 3, 3, 1]);
  });

  test('does not flap while the load goes up and down', () => {
    const looks = Array.from({ length: 80 }, (_, look) => [look * 15, look % 4 < 2 ? 40 : 5] as const);
    expect(new Set(course(looks, 4))).toEqual(new Set([4]));
  });

  test('waits before it goes up where that is asked for', () => {
    const looks = [0, 15, 30].map((seconds) => [seconds, 40] as const);
    expect(course(looks, 2, { stabilization: { up: 30_000, down: 0 } })).toEqual([2, 2, 4]);
    const short = [
      [0, 40],
      [15, 20],
      [30, 40],
    ] as const;
    expect(course(short, 2, { stabilization: { up: 30_000, down: 0 } })).toEqual([2, 2, 2]);
  });

  test('at most doubles in one step, or grows by four', () => {
    const bounds = { max: 100 };
    expect(
      course(
        [
          [0, 990],
          [15, 990],
          [30, 990],
          [45, 990],
          [60, 990],
        ],
        1,
        bounds,
      ),
    ).toEqual([5, 10, 20, 40, 80]);
  });

  test('stays within its bounds', () => {
    expect(
      course(
        [
          [0, 990],
          [15, 990],
        ],
        8,
      ),
    ).toEqual([10, 10]);
    expect(decide(scaling, 10, [sessions(990, 10)], undefined, 0).reason).toBe(
      'sessions is 99 for each of 10, and is to be 10; 99 would do, and there are at most 10',
    );
    expect(
      course(
        [
          [0, 0],
          [300, 0],
        ],
        4,
        { min: 2 },
      ),
    ).toEqual([4, 2]);
  });

  test('comes back into bounds that changed', () => {
    expect(course([[0, 30]], 1, { min: 3 })).toEqual([3]);
    expect(
      course(
        [
          [0, 90],
          [300, 90],
        ],
        9,
        { max: 5 },
      ),
    ).toEqual([9, 5]);
  });

  test('that somebody has changed by hand is left alone for the window', () => {
    const first = decide(scaling, 2, [sessions(5, 2)], undefined, 0);
    const settled = decide(scaling, 2, [sessions(15, 2)], first.memory, 299_000);
    const byHand = decide(scaling, 6, [sessions(15, 6)], settled.memory, 300_000);
    expect(byHand).toMatchObject({ to: 6, asked: 2 });
    expect(byHand.reason).toMatch(/; 2 once that is so for 300 s$/);
    expect(decide(scaling, 6, [sessions(15, 6)], byHand.memory, 599_000).to).toBe(6);
    expect(decide(scaling, 6, [sessions(15, 6)], byHand.memory, 600_000).to).toBe(2);
  });
});

describe('of several metrics', () => {
  const cpu = (total: number, counted: number, rest: Partial<Reading> = {}): Reading => ({
    ...sessions(total, counted, rest),
    metric: 'cpu',
    target: 0.5,
  });
  const now = { stabilization: { up: 0, down: 0 } };
  const decided = (...readings: Reading[]) => decide({ ...scaling, ...now }, 2, readings, undefined, 0);

  test('the one that asks for most decides', () => {
    expect(decided(sessions(2, 2), cpu(1.4, 2))).toMatchObject({ to: 3 });
    expect(decided(sessions(2, 2), cpu(1.4, 2)).reason).toBe('cpu is 70% for each of 2, and is to be 50%');
  });

  test('one that is not known keeps it from going down, and not from going up', () => {
    expect(decided(sessions(2, 2), cpu(Number.NaN, 2))).toMatchObject({
      to: 2,
      reason: 'sessions is 1 for each of 2, and is to be 10; cpu not known',
    });
    expect(decided(sessions(38, 2), cpu(Number.NaN, 2)).to).toBe(4);
  });

  test('where none is known nothing is done', () => {
    expect(decided(sessions(0, 0, { missing: 2 }), cpu(Number.NaN, 2))).toMatchObject({
      to: 2,
      reason: 'sessions, cpu not known',
    });
  });
});
