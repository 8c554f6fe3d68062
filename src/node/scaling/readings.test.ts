import { expect, test } from 'vitest';
import type { ScaleTarget } from '../../descriptor/scaling.ts';
import { readingsOf } from './readings.ts';
import type { SeenReplica, Sight } from './sight.ts';

const replica = (pod: string, rest: Partial<SeenReplica> = {}): SeenReplica => ({
  pod,
  run: `${pod} 1`,
  age: 60_000,
  limit: 1,
  ...rest,
});
const sight = (seconds: number, ...replicas: SeenReplica[]): Sight => ({ at: seconds * 1000, replicas });
const read = (metric: ScaleTarget['metric'], before: Sight | undefined, now: Sight) =>
  readingsOf({ on: [{ metric, target: 1 }], warmup: 30_000 }, [], before, now)[0]!;

test('CPU is what was used between two looks, of the limit of each', () => {
  const before = sight(0, replica('a', { cpu: 5, limit: 0.5 }), replica('b', { cpu: 100, limit: 2 }));
  const now = sight(10, replica('a', { cpu: 9, limit: 0.5 }), replica('b', { cpu: 110, limit: 2 }));
  expect(read('cpu', before, now)).toMatchObject({ counted: 2, starting: 0, missing: 0 });
  expect(read('cpu', before, now).total).toBeCloseTo(0.8 + 0.5);
});

test('a replica that has just started, has not been seen before, does not run, or cannot be read, is not counted', () => {
  const before = sight(0, replica('a', { cpu: 5 }), replica('e', { cpu: 5 }));
  const now = sight(
    10,
    replica('a', { cpu: 6 }),
    replica('b', { cpu: 1, age: 5000 }),
    replica('c', { cpu: 1 }),
    { pod: 'd', age: 0, limit: 1 },
    replica('e'),
  );
  expect(read('cpu', before, now)).toMatchObject({ total: 0.1, counted: 1, starting: 1, missing: 3 });
});

test('counters that began anew with another run, or went back, are no figures', () => {
  const before = sight(0, replica('a', { cpu: 50 }), replica('b', { cpu: 50 }));
  const again = sight(10, replica('a', { run: 'a 2', cpu: 3 }), replica('b', { cpu: 49 }));
  expect(read('cpu', before, again)).toMatchObject({ total: 0, counted: 0, missing: 2 });
  expect(read('cpu', undefined, again)).toMatchObject({ counted: 0, missing: 2 });
  expect(read('cpu', again, again)).toMatchObject({ counted: 0, missing: 2 });
});

test('packets are those of all interfaces, of which some come and go', () => {
  const before = sight(
    0,
    replica('a', {
      packets: new Map([
        ['x', 100],
        ['y', 50],
        ['gone', 9],
      ]),
    }),
  );
  const now = sight(
    10,
    replica('a', {
      packets: new Map([
        ['x', 300],
        ['y', 20],
        ['new', 30],
      ]),
    }),
  );
  expect(read('packets', before, now)).toMatchObject({ total: 25, counted: 1 });
});

test('sessions are those that are open now: of each replica, or through all instances of a function', () => {
  const now = sight(10, replica('a', { sessions: 4 }), replica('b', { sessions: 0 }), replica('c'));
  expect(read('sessions', undefined, now)).toMatchObject({ total: 4, counted: 2, missing: 1 });
  const through = { ...sight(10, replica('a'), replica('b', { age: 1 })), through: 7 };
  expect(read('sessions', undefined, through)).toMatchObject({ total: 7, counted: 1, starting: 1 });
});

test('a delay of which nothing can be read is not known', () => {
  const now = sight(10, replica('a'));
  expect(read('delay', now, now).total).toBeNaN();
});
