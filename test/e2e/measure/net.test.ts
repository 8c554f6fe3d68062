import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Compared } from '../../../src/measure/net/compared.ts';
import type { Result } from '../../../src/measure/net/results.ts';
import { TestHost } from '../../support/host.ts';
import { until } from '../../support/until.ts';

describe('heddle bench net', () => {
  const host = new TestHost();
  afterAll(() => host.remove());
  const folder = (name: string) => path.join(host.folder, name);
  const bench = (...args: readonly string[]) => ['bench', 'net', 'ip', ...args];
  const short = ['--time', '30s', '--rounds', '1'];
  const resultsIn = (name: string): Result[] => {
    const file = path.join(folder(name), 'results.jsonl');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));
  };
  /** What is there of benchmarks: namespaces, and networks and applications of the node. */
  const left = async () => [
    ...execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('bench-')),
    ...(await host.json<{ name: string }[]>('net', 'ls')).map(({ name }) => name),
    ...(await host.json<{ name: string }[]>('ls')).map(({ name }) => name),
  ];

  test('measures a network beside the host’s own path, says how they compare, and leaves nothing', async () => {
    const rows = await host.json<Compared[]>(...bench('bridge', ...short, '--out', folder('whole')));
    const tests = [
      'datagrams, 1400 bytes',
      'latency, 64 bytes',
      'latency, 64 bytes, under load',
      'throughput, 1 stream',
      'throughput, 8 streams',
    ];
    expect(rows.map(({ test, path: name }) => `${test}: ${name}`).sort()).toEqual(
      tests.flatMap((one) => ['bridge', 'host', 'ip'].map((name) => `${one}: ${name}`)).sort(),
    );
    for (const row of rows) {
      expect(row).toMatchObject({ rounds: 1, failures: [] });
      expect(row.median).toBeGreaterThan(0);
      if (row.path !== 'host') expect(row.ofBaseline).toBeGreaterThan(0);
    }
    const page = readFileSync(path.join(folder('whole'), 'report.html'), 'utf8');
    expect(page).toMatch(/<strong>(ip|bridge)<\/strong> served best/);
    expect(page.match(/<svg /g)).toHaveLength(5);
    expect(readdirSync(path.join(folder('whole'), 'raw'))).toHaveLength(15);
    expect(await left()).toEqual([]);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('goes on after %s with what is left', async (signal) => {
    const running = host.start(...bench(...short, '--seed', '7', '--out', folder(signal)));
    await until('two turns are over', () => resultsIn(signal).length >= 2);
    await running.end(signal);
    if (signal === 'SIGINT') {
      expect(running.exitCode()).toBe(1);
      expect(running.printed()).toContain('ERR_INTERRUPTED');
      expect(await left()).toEqual([]);
    } else {
      expect(await left()).not.toEqual([]);
    }
    const before = resultsIn(signal);
    expect(before.length).toBeLessThan(10);
    const { stderr } = await host.heddle('bench', 'net', '--resume', folder(signal));
    const after = resultsIn(signal);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toHaveLength(10);
    expect(stderr).toContain('; 0 turns left');
    expect(await left()).toEqual([]);
  });

  test('refuses what it does not know, and another benchmark’s folder', async () => {
    const unknown = await host.heddle('bench', 'net', 'ipp');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('did you mean "ip"?');
    const taken = await host.heddle(...bench(...short, '--out', folder('whole')));
    expect(taken.stderr).toContain('has the results of another benchmark');
    const brief = await host.heddle(...bench('--time', '6s', '--out', folder('brief')));
    expect(brief.stderr).toContain('50 turns take 100s at least, and not 6s');
    const both = await host.heddle(...bench('--resume', folder('whole')));
    expect(both.stderr).toContain('takes nothing else');
    const none = await host.heddle('bench', 'net', '--resume', folder('none'));
    expect(none.stderr).toContain('ERR_FILE_NOT_FOUND');
  });
});
