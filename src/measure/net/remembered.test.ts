import { expect, test } from 'vitest';
import type { Test } from './measurement.ts';
import { rememberedOf } from './remembered.ts';
import type { Result } from './results.ts';

const one: Test = { kind: 'throughput', streams: 1 };
const eight: Test = { kind: 'throughput', streams: 8 };
const idle: Test = { kind: 'latency', size: 64, underLoad: false };
const loaded: Test = { kind: 'latency', size: 64, underLoad: true };

function result(path: string, of: Test, figures: Result['figures'], beside = 0): Result {
  const at = `2026-01-01T12:00:0${beside > 0 ? 9 : 1}.000Z`;
  return { round: 0, path, test: of, at, beside, ...(figures && { figures }) };
}
const rates = (bitsPerSecond: number) => ({ bitsPerSecond });

test('of a benchmark is remembered what each network gave, and how much that is of the host’s own path', () => {
  const results = [
    result('host', one, rates(10e9)),
    result('host', eight, rates(20e9)),
    result('host', idle, { p50: 10, p99: 20 }),
    result('host', loaded, { p50: 100, p99: 900 }),
    result('ip', one, rates(5e9)),
    result('ip', eight, rates(10e9)),
    result('ip', idle, { p50: 20, p99: 40 }),
    result('ip', loaded, { p50: 200, p99: 999 }),
    result('sdn', one, undefined, 0.5),
  ];
  expect(rememberedOf({ rounds: 1, node: 'two' }, results, 'host')).toEqual({
    at: '2026-01-01T12:00:09.000Z',
    node: 'two',
    rounds: 1,
    disturbed: true,
    networks: [
      { name: 'ip', bandwidth: 10e9, p99: 40, score: expect.closeTo(0.5, 6) },
      { name: 'sdn', bandwidth: null, p99: null, score: null },
    ],
  });
});
