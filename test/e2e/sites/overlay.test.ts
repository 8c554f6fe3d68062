import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import type { Network } from '../../../src/networks/standard/network.ts';
import type { SiteHost } from '../../support/site-host.ts';
import { SitesLab } from '../../support/sites-lab.ts';
import { until } from '../../support/until.ts';

// A network in tunnels of its own between two hosts, of which each knows where every endpoint is.
const lab = new SitesLab({ hosts: { one: 'podman', two: 'podman' } });
const [one, two] = [lab.host('one'), lab.host('two')];

/** A slice of an application: one service, on the network that all slices have. */
const slice = (service: string) => `
services:
  ${service}: { image: localhost/heddle-test/tiny, init: true, networks: [lab], stop_grace_period: 1s }
networks:
  lab:
    ipam: { config: [{ subnet: 10.78.0.0/24 }, { subnet: "fd78::/64" }] }
    x-heddle: { archetype: overlay }
`;
const web = () => one.project('over', slice('web'));
const db = () => two.project('over', slice('db'));

beforeAll(async () => {
  await lab.start();
  await two.have(...db());
});
afterAll(() => lab.remove());

const exec = (host: SiteHost, service: string, ...command: string[]) =>
  host.container('exec', `over-${service}-1`, 'timeout', '5', 'busybox', ...command);
const reaches = (host: SiteHost, service: string, name: string) =>
  until(
    `${service} reaches ${name}`,
    () => exec(host, service, 'wget', '-q', '-O', '-', `http://${name}/`) === 'hello',
  );
const endpoints = (host: SiteHost) => host.json<Endpoint[]>('endpoint', 'ls', 'over_lab');
const addressesOf = async (name: string) =>
  (await endpoints(one)).find((endpoint) => endpoint.name === name)?.options['addresses'] as string[];
const networkOf = async (host: SiteHost) =>
  (await host.json<Network[]>('net', 'ls')).find(({ name }) => name === 'over_lab');
/** The tunnels of a host. */
const tunnels = (host: SiteHost) =>
  (
    JSON.parse(host.room.run('ip', '-j', '-s', 'link', 'show', 'type', 'vxlan')) as {
      ifname: string;
      stats64: { tx: { packets: number } };
    }[]
  ).filter(({ ifname }) => ifname?.startsWith('ho'));
const table = (host: SiteHost) =>
  host.room.run('bridge', 'fdb', 'show', 'dev', tunnels(host)[0]?.ifname ?? '');

describe('an overlay', () => {
  test('carries a network between hosts, with addresses and names, over both families', async () => {
    await one.ok('up', ...web());
    await two.ok('up', ...db());
    await reaches(one, 'web', 'db');
    await reaches(two, 'db', 'web');
    for (const address of await addressesOf('over-db-1'))
      expect(exec(one, 'web', 'ping', '-c', '1', '-W', '5', address)).toContain('1 packets received');
    const [here, there] = [await networkOf(one), await networkOf(two)];
    expect(here?.options['vni']).toBe(there?.options['vni']);
    expect(await one.json('plan', ...web())).toEqual([]);
    expect(await two.json('plan', ...db())).toEqual([]);
  });

  test('knows where each endpoint is, and says nothing to the others that is not for them', async () => {
    const mac = (await endpoints(one)).find(({ name }) => name === 'over-db-1')?.mac;
    expect(table(one)).toMatch(new RegExp(`^${mac} dst [0-9a-f.:]+ self`, 'm'));
    expect(table(one)).not.toContain('00:00:00:00:00:00');
    const sent = () => tunnels(one)[0]?.stats64.tx.packets;
    const before = sent();
    // Nobody has it: who asks for it hears nothing, and no other host hears that it was asked for.
    expect(() => exec(one, 'web', 'ping', '-c', '2', '-W', '1', '10.78.0.200')).toThrow();
    expect(sent()).toBe(before);
  });

  test('has packets on it as large as pass the tunnel', async () => {
    const [address = ''] = await addressesOf('over-db-1');
    const mtu = Number((await networkOf(one))?.status.observed['mtu']);
    const pid = one.container('inspect', 'over-web-1', '--format', '{{.State.Pid}}');
    const ping = (size: number) =>
      one.room.run(
        'nsenter',
        `--net=/proc/${pid}/ns/net`,
        '--',
        'ping',
        '-c',
        '1',
        '-W',
        '5',
        '-M',
        'do',
        '-s',
        `${size - 28}`,
        address,
      );
    expect(ping(mtu)).toContain('1 received');
    expect(() => ping(mtu + 1)).toThrow();
  });

  test('goes on while a node is away, and is mended when it is back', async () => {
    process.kill(await two.nodePid(), 'SIGKILL');
    await reaches(one, 'web', 'db');
    two.room.run('ip', 'link', 'del', tunnels(two)[0]?.ifname ?? '');
    await two.startNode();
    await reaches(two, 'db', 'web');
    expect(tunnels(two)).toHaveLength(1);
  });

  test('takes what comes from the other host alone, and is refused on a physical network', async () => {
    const rules = one.room.run('nft', 'list', 'table', 'inet', 'heddle_overlay');
    expect(rules).toMatch(/udp dport 8472 iifname "hwan0" ip6? saddr [0-9a-f.:{} ]+ accept/);
    expect(rules).toMatch(/udp dport 8472 .*drop/);
    const { code, stderr } = await one.heddle(
      'net',
      'create',
      'wire',
      '--archetype',
      'overlay',
      '--vlan',
      '7',
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('overlay gets to other hosts by itself');
  });

  test('knows nothing any more of who is gone, and leaves nothing', async () => {
    const mac = (await endpoints(one)).find(({ name }) => name === 'over-db-1')?.mac ?? '';
    await two.ok('down', ...db());
    await until('it is forgotten', () => !table(one).includes(mac));
    await one.ok('down', ...web());
    for (const host of [one, two]) {
      expect(tunnels(host)).toEqual([]);
      expect(host.room.run('nft', 'list', 'tables')).not.toContain('heddle_overlay');
    }
  });
});
