import { describe, expect, test } from 'vitest';
import { baseline, pathKinds } from '../paths/kinds.ts';
import type { Result, Run } from '../results.ts';
import { pageOf } from './page.ts';

const throughput = { kind: 'throughput', streams: 8 } as const;
const run: Run = {
  format: 1,
  id: '0123abcd',
  began: '2026-11-30T12:00:00Z',
  seed: 7,
  rounds: 5,
  seconds: 9,
  paths: ['host', 'bridge', 'ip'],
  tests: [throughput],
  isChosen: true,
  areTestsChosen: false,
};
const host = { name: 'one', kernel: '6.18', processors: '2 processors' };
const results = (beside = 0, failure?: string): Result[] =>
  Array.from({ length: 5 }, (_, round) =>
    Object.entries({ host: 20e9, bridge: 10e9, ip: 16e9 }).map(
      ([path, bitsPerSecond]): Result => ({
        round,
        path,
        test: throughput,
        at: run.began,
        beside,
        ...(failure !== undefined && path === 'bridge' && round === 0
          ? { failure }
          : { figures: { bitsPerSecond } }),
      }),
    ),
  ).flat();
const page = (some: readonly Result[]) => pageOf(run, some, { baseline, kinds: pathKinds, host });

describe('the page of a benchmark', () => {
  test('says which network served best, by how much, how surely, what it has not, and how to choose it', () => {
    const text = page(results());
    expect(text).toContain('<strong>ip</strong> served best');
    expect(text).toContain(
      '1.60 times as good as bridge, and better in 5 of 5 rounds: it is not likely that chance did that (p = 0.031)',
    );
    expect(text).toContain('not encrypted');
    expect(text).toContain('x-heddle: { archetype: ip }');
    expect(text).toContain('0.80 of the host');
    expect(text).toContain('the seed 7');
    expect(text).not.toContain('do not trust');
  });

  test('has a plot for each test, and no script', () => {
    const text = page(results());
    expect(text.match(/<svg /g)).toHaveLength(1);
    expect(text.match(/<rect /g)).toHaveLength(3);
    expect(text).not.toMatch(/<script|javascript:| on\w+=/i);
  });

  test('says when its figures are not to be trusted', () => {
    expect(page(results(0.5))).toContain('Before 15 of 15 turns this host was busy');
  });

  test('shows what a program said as text', () => {
    const text = page(results(0, 'iperf3: <script>alert(1)</script>'));
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toContain('<script>');
  });

  test('says that nothing can be said of one network alone', () => {
    const alone = results().filter(({ path }) => path !== 'bridge');
    expect(page(alone)).toContain('nothing can be said of which is better');
  });
});
