import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Compared } from '../../../src/measure/net/compared.ts';
import type { SiteHost } from '../../support/site-host.ts';
import { SitesLab } from '../../support/sites-lab.ts';
import { until } from '../../support/until.ts';

// The ways from one host to another, measured from one of them.
const lab = new SitesLab({ hosts: { one: 'podman', two: 'podman' } });
const [one, two] = [lab.host('one'), lab.host('two')];
beforeAll(() => lab.start());
afterAll(() => lab.remove());

const folder = (name: string) => path.join(one.folder, name);
const bench = ['bench', 'net', 'ip', 'overlay', '--to', 'two', '--time', '30s', '--rounds', '1'];
/** What is there of benchmarks on a host. */
const left = async (host: SiteHost) => [
  ...host.room
    .run('ip', 'netns', 'list')
    .split('\n')
    .filter((line) => line.includes('bench-')),
  ...(await host.json<{ name: string }[]>('net', 'ls')).map(({ name }) => name),
];
const scratch = () => readdirSync('/dev/shm').filter((name) => name.startsWith('heddle-bench-'));
const resultsIn = (name: string) => {
  const file = path.join(folder(name), 'results.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
};

describe('heddle bench net --to', () => {
  test('measures the ways to another host, says what the wire carried, and leaves nothing on either', async () => {
    const tests = ['latency', 'connections', 'copy'].flatMap((kind) => ['--test', kind]);
    const rows = await one.json<Compared[]>(...bench, ...tests, '--out', folder('whole'));
    expect(rows.map(({ path: name }) => name).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'host'),
      ...Array.from({ length: 4 }, () => 'ip'),
      ...Array.from({ length: 4 }, () => 'overlay'),
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ rounds: 1, failures: [] });
      expect(row.links.map((link) => link.interface)).toContain('wan0');
    }
    const page = readFileSync(path.join(folder('whole'), 'report.html'), 'utf8');
    expect(page).toContain('to node two: from');
    for (const host of [one, two]) expect(await left(host)).toEqual([]);
    expect(scratch()).toEqual([]);
  });

  test('goes on when it, and the node at the other end, were killed', async () => {
    const running = one.start(...bench, '--test', 'throughput', '--out', folder('killed'));
    await until('two turns are over', () => resultsIn('killed').length >= 2);
    await running.end('SIGKILL');
    process.kill(await two.nodePid(), 'SIGKILL');
    await two.startNode();
    await lab.linked();
    const before = resultsIn('killed');
    expect(before.length).toBeLessThan(9);
    const { stderr } = await one.heddle('bench', 'net', '--resume', folder('killed'));
    expect(stderr).toContain('; 0 turns left');
    const after = resultsIn('killed');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toHaveLength(9);
    expect(after.filter((line) => line.includes('"failure"'))).toEqual([]);
    for (const host of [one, two]) expect(await left(host)).toEqual([]);
    expect(scratch()).toEqual([]);
  });

  test('refuses a node that is not there', async () => {
    const { code, stderr } = await one.heddle(
      ...bench,
      '--test',
      'copy',
      '--to',
      'three',
      '--out',
      folder('none'),
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('ERR_NODE_AWAY');
    expect(stderr).toContain('node three is not there');
  });
});
