import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import type { Network } from '../../../src/networks/standard/network.ts';
import type { SiteHost } from '../../support/site-host.ts';
import { SitesLab } from '../../support/sites-lab.ts';
import { until } from '../../support/until.ts';

const lab = new SitesLab({ hosts: { one: 'podman', two: 'docker' } });
const [one, two] = [lab.host('one'), lab.host('two')];

/** A slice of an application: one service, on the network that all slices have. */
const slice = (service: string) => `
services:
  ${service}: { image: localhost/heddle-test/tiny, init: true, networks: [lab], stop_grace_period: 1s }
networks:
  lab:
    ipam: { config: [{ subnet: 10.77.0.0/24 }] }
    x-heddle: { archetype: ip, vlan: 100 }
`;
let web: string[];
let db: string[];

beforeAll(async () => {
  const began = performance.now();
  await lab.start();
  console.log(`the lab is there after ${Math.round(performance.now() - began)} ms`);
  web = one.project('shop', slice('web'));
  db = two.project('shop', slice('db'));
  await two.have(...db);
  console.log(`with its images after ${Math.round(performance.now() - began)} ms`);
});
afterAll(() => lab.remove());

const fetch = async (host: SiteHost, service: string, name: string) =>
  host.container(
    'exec',
    `shop-${service}-1`,
    'timeout',
    '5',
    'busybox',
    'wget',
    '-q',
    '-O',
    '-',
    `http://${name}/`,
  );
const reaches = (host: SiteHost, service: string, name: string) =>
  until(`${service} reaches ${name}`, async () => (await fetch(host, service, name)) === 'hello');
const endpoints = (host: SiteHost) => host.json<Endpoint[]>('endpoint', 'ls', 'shop_lab');
const addressOf = async (host: SiteHost, name: string) =>
  (await endpoints(host)).find((endpoint) => endpoint.name === name)?.options['addresses'];
const networkOf = async (host: SiteHost) =>
  (await host.json<Network[]>('net', 'ls')).find(({ name }) => name === 'shop_lab');
const servicesOf = async (host: SiteHost, project: readonly string[]) =>
  (await host.json<{ service: string }[]>('ps', ...project)).map(({ service }) => service);

describe('an application on a network over two sites', () => {
  test('is brought up where a part of it is, and each part finds the other by its name', async () => {
    await one.ok('up', ...web);
    await two.ok('up', ...db);
    await reaches(one, 'web', 'db');
    await reaches(two, 'db', 'web');
  });

  test('has packets on it as large as pass the link', async () => {
    expect((await networkOf(one))?.mtu).toBe(1370);
    const [address] = (await addressOf(one, 'shop-db-1')) as string[];
    const largest = ['ping', '-c', '1', '-W', '5', '-M', 'do', '-s', `${1370 - 28}`, `${address}`];
    await until('what is largest passes', () => {
      const pid = one.container('inspect', 'shop-web-1', '--format', '{{.State.Pid}}');
      return one.room.run('nsenter', `--net=/proc/${pid}/ns/net`, '--', ...largest).includes('1 received');
    });
  });

  test('has nothing left to do, and each host sees what it has of it', async () => {
    expect(await one.json('plan', ...web)).toEqual([]);
    expect(await two.json('plan', ...db)).toEqual([]);
    expect(await servicesOf(one, web)).toEqual(['web']);
    expect(await servicesOf(two, db)).toEqual(['db']);
    expect((await endpoints(one)).map(({ name, node }) => [name, node])).toEqual([
      ['shop-db-1', 'two'],
      ['shop-web-1', 'one'],
    ]);
  });

  test('keeps its addresses when a part of it is started again', async () => {
    const before = await addressOf(one, 'shop-web-1');
    const life = one.lifeOf('shop-web-1');
    await one.ok('restart', ...web);
    expect(one.lifeOf('shop-web-1')).not.toBe(life);
    await one.restartContainer('shop-web-1.sandbox');
    await reaches(two, 'db', 'web');
    expect(await addressOf(two, 'shop-web-1')).toEqual(before);
  });

  test('leaves the network to the others when a part of it goes, and the last takes it along', async () => {
    expect(await one.ok('down', ...web)).toBeDefined();
    expect(one.leftovers('shop')).toEqual([]);
    expect((await endpoints(two)).map(({ name }) => name)).toEqual(['shop-db-1']);
    expect(await two.json('plan', ...db)).toEqual([]);
    await one.ok('up', ...web);
    await reaches(one, 'web', 'db');
    await two.ok('down', ...db);
    expect(await networkOf(two)).toBeDefined();
    await one.ok('down', ...web);
    expect(await networkOf(one)).toBeUndefined();
    for (const host of [one, two]) expect(host.leftovers('shop')).toEqual([]);
  });

  test('comes and goes on all hosts at the same time', async () => {
    await Promise.all([one.ok('up', ...web), two.ok('up', ...db)]);
    await reaches(one, 'web', 'db');
    await reaches(two, 'db', 'web');
    for (const [host, project] of [
      [one, web],
      [two, db],
    ] as const)
      expect(await host.json('plan', ...project)).toEqual([]);
    await Promise.all([one.ok('down', ...web), two.ok('down', ...db)]);
    for (const host of [one, two]) {
      expect(await networkOf(host)).toBeUndefined();
      expect(host.leftovers('shop')).toEqual([]);
    }
  });

  test('goes on where a host is cut off, and is one again when it is joined', async () => {
    await Promise.all([one.ok('up', ...web), two.ok('up', ...db)]);
    await reaches(one, 'web', 'db');
    const lives = [one.lifeOf('shop-web-1'), two.lifeOf('shop-db-1')];
    lab.cut('two', true);
    await until('it is noticed', async () => (await one.links()).every(({ state }) => state === 'down'));
    expect(await servicesOf(two, db)).toEqual(['db']);
    lab.cut('two', false);
    await lab.linked();
    await reaches(one, 'web', 'db');
    expect([one.lifeOf('shop-web-1'), two.lifeOf('shop-db-1')]).toEqual(lives);
  });
});
