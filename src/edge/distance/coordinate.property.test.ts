import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { type Coordinate, move, origin, predict } from './coordinate.ts';

const anything = fc.record({
  x: fc.double(),
  y: fc.double(),
  height: fc.double(),
  error: fc.double(),
});

const exactly = (milliseconds: number) => ({ milliseconds, error: 0 });

test('a place stays finite and in bounds, whatever others claim and whatever is measured', () => {
  const figure = fc.record({ milliseconds: fc.double(), error: fc.double() });
  const sample = fc.tuple(anything, figure, fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 50 }), (samples) => {
      let place = origin;
      for (const [claimed, measured, turn] of samples) {
        place = move(place, claimed, measured, turn);
        const { milliseconds, error } = predict(place, origin);
        expect(Number.isFinite(milliseconds) && Number.isFinite(error)).toBe(true);
        expect(place.error).toBeGreaterThan(0);
        expect(place.error).toBeLessThanOrEqual(1);
        expect(place.height).toBeGreaterThan(0);
      }
    }),
    tries(2000),
  );
});

test('what is not finite moves nothing', () => {
  const hostile = { x: Number.NaN, y: 0, height: 1, error: 0.1 };
  expect(move(origin, hostile, exactly(10), 0)).toBe(origin);
  expect(move(origin, { ...origin, height: Number.POSITIVE_INFINITY }, exactly(10), 0)).toBe(origin);
  for (const roundTrip of [Number.NaN, -1, Number.POSITIVE_INFINITY])
    expect(move(origin, origin, exactly(roundTrip), 0)).toBe(origin);
});

test('what may be off by more than the prediction moves nothing', () => {
  const there = { x: 20, y: 0, height: 1, error: 0.1 };
  expect(move(origin, there, { milliseconds: 25, error: 5 }, 0)).toMatchObject({ x: 0, y: 0, height: 0.1 });
  expect(move(origin, there, { milliseconds: 25, error: 1 }, 0).x).toBeLessThan(-0.5);
});

/** Where things are, in milliseconds, which a network of coordinates is to find out from round trips alone. */
const world = fc
  .array(
    fc.record({
      x: fc.double({ min: -40, max: 40, noNaN: true }),
      y: fc.double({ min: -40, max: 40, noNaN: true }),
      height: fc.double({ min: 0.5, max: 10, noNaN: true }),
    }),
    { minLength: 6, maxLength: 12 },
  )
  .map((places) => places.map((place): Coordinate => ({ ...place, error: 0.02 })));

/** Everybody measures the next six, in turn; a seeded generator in place of chance. */
function settle(places: readonly Coordinate[], rounds: number): Coordinate[] {
  const found = places.map(() => origin);
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let round = 0; round < rounds; round++) {
    for (const [at, place] of places.entries()) {
      const to = (at + 1 + (round % Math.min(6, places.length - 1))) % places.length;
      const other = places[to] as Coordinate;
      const roundTrip = predict(place, other).milliseconds;
      found[at] = move(found[at] as Coordinate, found[to] as Coordinate, exactly(roundTrip), random());
    }
  }
  return found;
}

describe('in a world of a plane and heights', () => {
  test('pairs that were never measured are predicted', () => {
    fc.assert(
      fc.property(world, (places) => {
        const found = settle(places, 600);
        const off = places
          .flatMap((a, i) =>
            places
              .slice(i + 1)
              .map((b, j) => [
                predict(a, b),
                predict(found[i] as Coordinate, found[i + 1 + j] as Coordinate),
              ]),
          )
          .map(([truth, guess]) => Math.abs((truth?.milliseconds ?? 0) - (guess?.milliseconds ?? 0)))
          .sort((a, b) => a - b);
        // Half of all pairs within three milliseconds, of up to 130.
        expect(off[Math.floor(off.length / 2)]).toBeLessThan(3);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('the error that is told falls as places find themselves', () => {
    const places = [0, 1, 2, 3, 4, 5, 6].map((i) => ({
      x: 30 * Math.cos(i),
      y: 20 * Math.sin(2 * i),
      height: 1 + i,
      error: 0.02,
    }));
    const worst = (rounds: number) => Math.max(...settle(places, rounds).map(({ error }) => error));
    expect(worst(2)).toBeGreaterThan(0.5);
    expect(worst(600)).toBeLessThan(0.1);
  });
});
