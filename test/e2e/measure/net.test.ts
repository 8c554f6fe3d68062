import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Compared } from '../../../src/measure/net/compared.ts';
import type { Result } from '../../../src/measure/net/results.ts';
import { TestHost } from '../../support/host.ts';
import { startOvs } from '../../support/ovs.ts';
import { until } from '../../support/until.ts';

describe('heddle bench net', () => {
  const host = new TestHost();
  afterAll(() => host.remove());
  const folder = (name: string) => path.join(host.folder, name);
  const bench = (...args: readonly string[]) => ['bench', 'net', 'ip', ...args];
  const brief = ['--time', '24s', '--rounds', '1'];
  /** Five tests. */
  const short = [...brief, '--test', 'throughput', '--test', 'latency'];
  const resultsIn = (name: string): Result[] => {
    const file = path.join(folder(name), 'results.jsonl');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));
  };
  /** What is there of benchmarks: namespaces, and networks and applications of the node. */
  const left = async () => [
    ...readdirSync('/dev/shm').filter((name) => name.startsWith('heddle-bench-')),
    ...execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('bench-')),
    ...(await host.json<{ name: string }[]>('net', 'ls')).map(({ name }) => name),
    ...(await host.json<{ name: string }[]>('ls')).map(({ name }) => name),
  ];

  const every = [
    'all-reduce, 16777216 bytes',
    'connections, 32 at a time',
    'copy, 200 files of 1048576 bytes',
    'datagrams, 1400 bytes',
    'datagrams, 64 bytes',
    'latency, 64 bytes',
    'latency, 64 bytes, under load',
    'throughput, 1 stream',
    'throughput, 1 stream, 1024 bytes',
    'throughput, 8 streams',
  ];
  const expectMeasured = (rows: readonly Compared[], tests: readonly string[], paths: readonly string[]) => {
    expect(rows.map(({ test, path: name }) => `${test}: ${name}`).sort()).toEqual(
      tests.flatMap((one) => paths.map((name) => `${one}: ${name}`)).sort(),
    );
    for (const row of rows) {
      expect(row).toMatchObject({ rounds: 1, failures: [] });
      expect(row.median).toBeGreaterThan(0);
      if (row.path !== 'host') expect(row.ofBaseline).toBeGreaterThan(0);
    }
  };

  test('measures a network beside the host’s own path by every test, says how they compare, and leaves nothing', async () => {
    const rows = await host.json<Compared[]>(
      ...bench('--time', '52s', '--rounds', '1', '--out', folder('whole')),
    );
    expectMeasured(rows, every, ['host', 'ip']);
    // The loopback carries what the host says to itself, and the bridge’s ports what containers say.
    const [own, network] = ['host', 'ip'].map((name) =>
      rows.find(({ test, path: of }) => test === 'throughput, 8 streams' && of === name),
    );
    expect(own?.links[0]?.interface).toBe('lo');
    for (const row of [own!, network!]) {
      const share = (row.links[0]?.bitsPerSecond ?? 0) / row.median;
      // What was sent while it began, and headers, are in it as well.
      expect(share).toBeGreaterThan(0.7);
      expect(share).toBeLessThan(1.4);
    }
    expect(network?.links[0]?.interface).toMatch(/^h/);
    expect(readdirSync(path.join(folder('whole'), 'raw'))).toHaveLength(20);
    expect(await left()).toEqual([]);
  });

  test('says which of several networks served best, in a page', async () => {
    const ovs = await startOvs();
    onTestFinished(() => ovs.stop());
    const tests = ['--test', 'connections', '--test', 'latency'];
    const where = ['--time', '32s', '--rounds', '1', '--out', folder('several')];
    const rows = await host.json<Compared[]>(...bench('bridge', 'sdn', ...tests, ...where));
    expectMeasured(
      rows,
      every.filter((test) => /^(connections|latency)/.test(test)),
      ['bridge', 'host', 'ip', 'sdn'],
    );
    const page = readFileSync(path.join(folder('several'), 'report.html'), 'utf8');
    expect(page).toMatch(/<strong>(ip|bridge|sdn)<\/strong> served best/);
    expect(page.match(/<svg /g)).toHaveLength(3);
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

  test('measures on while the node is away, and what it could not take away goes with the next', async () => {
    const running = host.start(...bench(...short, '--out', folder('node')));
    await until('two turns are over', () => resultsIn('node').length >= 2);
    await host.killNode();
    await until('it is over', () => running.exitCode() !== null);
    expect(running.printed()).toContain('; 0 turns left');
    expect(running.printed()).toContain('ERR_NODE_ABSENT');
    expect(resultsIn('node').filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(await host.json<Compared[]>('bench', 'net', '--resume', folder('node'))).toHaveLength(10);
    expect(await left()).toEqual([]);
  });

  test('refuses what it does not know, and another benchmark’s folder', async () => {
    const unknown = await host.heddle('bench', 'net', 'ipp');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('did you mean "ip"?');
    const taken = await host.heddle(...bench(...short, '--out', folder('whole')));
    expect(taken.stderr).toContain('has the results of another benchmark');
    const tooBrief = await host.heddle(...bench('--time', '6s', '--out', folder('brief')));
    expect(tooBrief.stderr).toContain('100 turns take 260s at least, and not 6s');
    const noTest = await host.heddle(...bench('--test', 'latenci', '--out', folder('brief')));
    expect(noTest.stderr).toContain('did you mean "latency"?');
    const both = await host.heddle(...bench('--resume', folder('whole')));
    expect(both.stderr).toContain('takes nothing else');
    const none = await host.heddle('bench', 'net', '--resume', folder('none'));
    expect(none.stderr).toContain('ERR_FILE_NOT_FOUND');
  });
});
