import { describe, expect, test } from 'vitest';
import type { Result } from '../results.ts';
import { chanceOf, verdictOf } from './verdict.ts';

const throughput = { kind: 'throughput', streams: 1 } as const;
const latency = { kind: 'latency', size: 64, underLoad: false } as const;
const common = { at: '2026-11-30T12:00:00Z', beside: 0 };
/** In one round, of each path: bits a second, and microseconds. */
const round = (number: number, all: Readonly<Record<string, readonly [number, number]>>): Result[] =>
  Object.entries(all).flatMap(([path, [bitsPerSecond, p50]]) => [
    { ...common, round: number, path, test: throughput, figures: { bitsPerSecond } },
    { ...common, round: number, path, test: latency, figures: { p50 } },
  ]);

describe('the network that serves best', () => {
  test('is that which gives most of what the host gives, over all tests', () => {
    const results = [0, 1, 2, 3, 4].flatMap((number) =>
      round(number, { host: [20e9, 10], ip: [16e9, 20], sdn: [4e9, 40] }),
    );
    const verdict = verdictOf(results, 'host');
    expect(verdict).toMatchObject({
      best: 'ip',
      rounds: 5,
      others: [{ path: 'sdn', won: 5, chance: 1 / 32 }],
    });
    // Four times the throughput, and half the latency.
    expect(verdict?.others[0]?.times).toBeCloseTo(Math.sqrt(8));
  });

  test('is not told from what the host did in one round and not in another', () => {
    const results = [
      ...round(0, { host: [20e9, 10], ip: [10e9, 20], sdn: [9e9, 22] }),
      ...round(1, { host: [2e9, 100], ip: [1e9, 200], sdn: [0.9e9, 220] }),
    ];
    expect(verdictOf(results, 'host')).toMatchObject({ best: 'ip', others: [{ won: 2 }] });
  });

  test('is nobody where fewer than two were measured whole', () => {
    const one = round(0, { host: [20e9, 10], ip: [10e9, 20] });
    expect(verdictOf(one, 'host')).toBeUndefined();
    const { figures: _, ...lost } = round(0, { sdn: [1e9, 1] })[0]!;
    expect(verdictOf([...one, { ...lost, failure: 'it fell' }], 'host')).toBeUndefined();
  });
});

describe('chance', () => {
  test('is one in as many as there are ways, when all rounds say the same', () => {
    expect(chanceOf([0.1, 0.2, 0.3])).toBe(1 / 8);
    expect(chanceOf(Array.from({ length: 20 }, () => 0.1))).toBeCloseTo(2 ** -20);
  });

  test('is half and more where rounds do not agree', () => {
    expect(chanceOf([0.1, -0.1])).toBeGreaterThanOrEqual(0.5);
    expect(chanceOf(Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 0.1 : -0.1)))).toBeGreaterThan(0.5);
  });
});
