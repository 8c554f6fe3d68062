import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrrRouter } from '../../support/frr-router.ts';
import { makeStation, NodesLab } from '../../support/nodes-lab.ts';
import { until } from '../../support/until.ts';

// Two hosts, each with a link to either of two routers: between the hosts there are two paths, and no Ethernet that both are on.
const nets = { r1: '198.51.100', r2: '203.0.113' } as const;
const asOf = { r1: 65_001, r2: 65_002 } as const;
const names = ['r1', 'r2'] as const;
/** Of a router, on its link to a host; the host has the next. */
const addressOf = (router: (typeof names)[number], host: 'a' | 'b') =>
  `${nets[router]}.${host === 'a' ? 1 : 5}`;
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-routers-'));
// Routers run as who they are.
chmodSync(folder, 0o755);
const lab = new NodesLab('ebpf', (host) => ({
  routing: { routers: names.map((name) => ({ address: addressOf(name, host), as: asOf[name] })) },
}));
const { a, b } = lab;
const routers = { r1: new FrrRouter(lab.nameOf('r1')), r2: new FrrRouter(lab.nameOf('r2')) };

beforeAll(async () => {
  await lab.start();
  for (const router of names) {
    makeStation(router);
    lab.run(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    for (const [name, host] of Object.entries({ a, b })) {
      const at = addressOf(router, name as 'a' | 'b');
      const last = Number(at.split('.').at(-1));
      const peer = ['peer', 'name', router, 'netns', host.namespace];
      lab.run(router, 'ip', 'link', 'add', `to-${name}`, 'type', 'veth', ...peer);
      lab.run(router, 'ip', 'address', 'add', `${at}/30`, 'dev', `to-${name}`);
      lab.run(router, 'ip', 'link', 'set', `to-${name}`, 'up');
      host.run('ip', 'address', 'add', `${nets[router]}.${last + 1}/30`, 'dev', router);
      host.run('ip', 'link', 'set', router, 'up');
    }
    const neighbours = [2, 6].map((last) => ({ address: `${nets[router]}.${last}`, as: 64_512 }));
    await routers[router].start(path.join(folder, router), asOf[router], neighbours);
  }
});
afterAll(async () => {
  for (const router of Object.values(routers)) router.end();
  await lab.remove();
  rmSync(folder, { recursive: true, force: true });
});

const pathsTo = (host: typeof a, address: string) => {
  const shown = execFileSync('ip', ['-n', host.namespace, '-j', 'route', 'show', 'table', '8473'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const routes = JSON.parse(shown || '[]') as {
    dst: string;
    gateway?: string;
    nexthops?: { gateway: string }[];
  }[];
  const found = routes.find(({ dst }) => dst === address);
  return (found?.nexthops ?? (found ? [found] : [])).map(({ gateway }) => gateway ?? '').sort();
};

test('hosts that are not on one Ethernet are joined by routers, by both paths at once', async () => {
  await a.tell({
    create: { name: 'far', archetype: 'routed', options: { subnets: [{ subnet: '10.76.0.0/24' }] } },
  });
  const x = await a.join('x', 'far');
  const y = await b.join('y', 'far', a);
  await until('both paths are there', () => pathsTo(a, y).length === 2 && pathsTo(b, x).length === 2);
  expect(pathsTo(a, y)).toEqual(['198.51.100.1', '203.0.113.1']);
  const reaches = (from: string, to: string) => lab.run(from, 'ping', '-c', '1', '-W', '1', to) !== '';
  await until('they reach each other', () => reaches('x', y) && reaches('y', x));
});

test.each(names)('when %s falls silent, what went there goes by the other', async (router) => {
  const addresses = (await a.tell({ read: 'y', of: 'far' })).options['addresses'] as string[];
  const y = addresses[0] ?? '';
  await until('both paths are there', () => pathsTo(a, y).length === 2);
  const ping = lab.pinging('x', y);
  await until('it is answered', () => ping.answers > 20);
  routers[router].silence(true);
  await until('one path is left', () => pathsTo(a, y).length === 1);
  expect(pathsTo(a, y)).not.toContain(addressOf(router, 'a'));
  const before = ping.answers;
  await until('it is answered still', () => ping.answers > before + 20);
  const { lost } = await ping.stop();
  console.log(`${router} silent: ${lost * 10} ms without packets`);
  expect(lost).toBeLessThan(100);
  routers[router].silence(false);
  await until('both paths are there again', () => pathsTo(a, y).length === 2);
});
