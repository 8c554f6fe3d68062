import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShownStep } from '../../../src/deploy/plan/shown.ts';
import type { Compared } from '../../../src/measure/net/compared.ts';
import type { SiteHost } from '../../support/site-host.ts';
import { SitesLab } from '../../support/sites-lab.ts';
import { until } from '../../support/until.ts';

// One file over two hosts on one Ethernet, on networks that get to other hosts by themselves.
const lab = new SitesLab({
  hosts: { one: 'podman', two: 'podman' },
  settings: () => ({ edge: { driver: 'ebpf', uplink: 'wan0' } }),
});
const [one, two] = [lab.host('one'), lab.host('two')];
const image = 'image: localhost/heddle-test/tiny, init: true, stop_grace_period: 1s, networks: [lab]';
const shop = (archetype: string) => `
services:
  web: { ${image}, x-heddle: { place: one } }
  stranger: { ${image}, x-heddle: { place: one } }
  db:
    ${image.replaceAll(', ', '\n    ')}
    x-heddle: { place: two, manage: { firewall: { ingress: [{ ports: [80/tcp], from: [web] }] } } }
networks:
  lab: { x-heddle: { archetype: ${archetype} } }
`;

beforeAll(() => lab.start());
afterAll(() => lab.remove());

const asks = (host: SiteHost, name: string, of: string) =>
  host.container('exec', name, 'timeout', '3', 'busybox', 'wget', '-q', '-O', '-', `http://${of}/`);

describe.each(['routed', 'overlay'])('an application on a network that is %s', (archetype) => {
  const name = `far${archetype}`;

  test('is over both hosts, by one command, and nothing is left to do', async () => {
    const project = one.project(name, shop(archetype));
    await two.have(...two.project(name, shop(archetype)));
    await one.ok('up', ...project);
    await until('web reaches db', () => asks(one, `${name}-web-1`, 'db') === 'hello');
    expect(await one.json<ShownStep[]>('plan', ...project)).toEqual([]);
  });

  test('has features where its services are: a firewall lets in whom it names', async () => {
    await until('web is let in', () => asks(one, `${name}-web-1`, 'db') === 'hello');
    expect(() => asks(one, `${name}-stranger-1`, 'db')).toThrow();
  });

  test('is taken away by one command, on both', async () => {
    await one.ok('down', '-p', name);
    for (const host of [one, two]) {
      expect(await host.json('net', 'ls')).toEqual([]);
      await until('no rule leads anywhere', () => !host.room.run('ip', 'rule', 'show').includes('8473'));
    }
  });
});

test('what they give is compared with the way between the hosts', async () => {
  const rows = await one.json<Compared[]>(
    ...['bench', 'net', 'routed', 'overlay', '--to', 'two', '--test', 'throughput'],
    ...['--time', '18s', '--rounds', '1', '--out', `${one.folder}/compared`],
  );
  expect(rows.map(({ path }) => path).sort()).toEqual(
    ['host', 'overlay', 'routed'].flatMap((path) => [path, path, path]),
  );
  for (const row of rows) expect(row).toMatchObject({ rounds: 1, failures: [] });
});
