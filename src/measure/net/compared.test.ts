import { expect, test } from 'vitest';
import { compared } from './compared.ts';
import type { Result } from './results.ts';

const at = '2026-11-30T12:00:00Z';
const throughput = { kind: 'throughput', streams: 8 } as const;
const of = (path: string, round: number, bitsPerSecond: number, beside = 0): Result => ({
  round,
  path,
  test: throughput,
  at,
  beside,
  figures: { bitsPerSecond, cpuSecondsPerGigabit: 0.1 },
});

test('a path is compared with the baseline round by round, whatever the host did in each', () => {
  const results = [
    ...[of('host', 0, 10e9), of('ip', 0, 8e9)],
    ...[of('host', 1, 5e9), of('ip', 1, 4e9)],
    ...[of('host', 2, 20e9), of('ip', 2, 10e9)],
  ];
  const [host, ip] = compared(results, 'host');
  expect(host).toMatchObject({ path: 'host', rounds: 3, median: 10e9, ofBaseline: null });
  expect(ip).toMatchObject({
    path: 'ip',
    test: 'throughput, 8 streams',
    median: 8e9,
    least: 4e9,
    most: 10e9,
  });
  expect(ip?.ofBaseline).toBeCloseTo(0.8);
});

test('what was not measured in a round counts in none, and is said', () => {
  const failed: Result = {
    round: 0,
    path: 'ip',
    test: throughput,
    at,
    beside: 0,
    failure: 'iperf3: no route',
  };
  const [, ip] = compared([of('host', 0, 10e9), of('host', 1, 8e9), failed, of('ip', 1, 4e9)], 'host');
  expect(ip).toMatchObject({ rounds: 1, median: 4e9, ofBaseline: 0.5, failures: ['iperf3: no route'] });
});

test('rounds before which the host was busy are counted', () => {
  const [host] = compared([of('host', 0, 1e9), of('host', 1, 1e9, 0.5), of('host', 2, 1e9, 0.2)], 'host');
  expect(host).toMatchObject({ disturbed: 1, figures: { cpuSecondsPerGigabit: 0.1 } });
});
