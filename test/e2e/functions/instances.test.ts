import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { expectNotFrom, linkLocalOf } from '../../support/bypass.ts';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { SeenFlows } from '../../support/seen-flows.ts';
import { Ticking } from '../../support/ticking.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = `
services:
  web: { ${tiny}, init: true, networks: [lab], cap_add: [NET_ADMIN, NET_RAW] }
  db: { ${tiny}, init: true, networks: [lab], command: busybox httpd -f -p 80 -h /www }
  fw: { ${tiny}, init: true, network_mode: none, restart: "no", stop_grace_period: 1s, x-heddle: { function: { mode: wire, drain: 5m } } }
networks:
  lab: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.11.0/24 }, { subnet: "fd93:11::/64" }] } }
x-heddle:
  chains: [{ name: front, from: web, to: db, through: [fw] }]
`;

const all = ['fw-1', 'fw-2', 'fw-3'];

describe('instances of a function', () => {
  const host = new TestHost();
  const project = host.project('hinst', file);
  const scale = (to: number) => host.ok('up', ...project, '--scale', `fw=${to}`);
  const pods = new PodmanPods(host, 'hinst');
  const exec = (service: string, ...command: string[]) => pods.exec(service, ...command);
  const addressOf = (...of: Parameters<PodmanPods['address']>) => pods.address(...of);
  const seen = new SeenFlows(host, 'hinst');
  const connections = async (address: string, count: number) => {
    const each = `nc -z -w 2 ${address} 80 || exit 1`;
    expect((await exec('web', 'sh', '-c', `for i in $(seq ${count}); do ${each}; done`)).code).toBe(0);
  };
  const ticking = new Ticking(host, 'hinst');
  const proven = async () => {
    const [chain] = JSON.parse(
      await host.ok('chain', 'prove', 'front', '--format', 'json', ...project),
    ) as ChainStatus[];
    const hops = chain!.pods.flatMap(({ probes }) => probes.flatMap((probe) => probe.hops));
    return [...new Set(hops.map((hop) => hop.function.replace('hinst-', '')))].sort();
  };

  beforeAll(() => scale(1));
  afterAll(() => host.remove());

  test('come, and what was open stays with the one that it began with', async () => {
    await ticking.open(90);
    await scale(3);
    expect(await proven()).toEqual(all);
    await seen.begin(...all);
    await ticking.goesOn(90);
    expect((await seen.of('fw-1')).flows.some((flow) => flow.includes(':90'))).toBe(true);
    for (const other of ['fw-2', 'fw-3'])
      expect((await seen.of(other)).flows.filter((flow) => flow.includes(':90'))).toEqual([]);
  });

  test('share new flows, each of which passes one of them in both directions, over IPv4 and IPv6', async () => {
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const db = addressOf('db', family);
      // The last words of connections that ended before are not of these.
      const isOne = (flow: string) => flow.split(' ').includes(`${db}:80`);
      await seen.begin(...all);
      await connections(db, 30);
      const each = await Promise.all(all.map((fn) => seen.of(fn)));
      const flows = each.map((one) => one.flows.filter(isOne));
      for (const own of flows) expect(own.length).toBeGreaterThan(0);
      expect(new Set(flows.flat()).size).toBe(30);
      expect(flows.flat().length).toBe(30);
      for (const one of each) expect(one.halves.filter(isOne)).toEqual([]);
    }
  });

  describe('are not walked around', () => {
    test('in fragments, nor by addresses of the link', async () => {
      const db = addressOf('db', 'IPAddress');
      const fragments = await seen.fragmentsDuring(all, async () =>
        expect((await exec('web', 'ping', '-c', '1', '-W', '5', '-s', '3000', db)).code).toBe(0),
      );
      // Three there, and three of the answer.
      expect(fragments.sort()).toEqual([0, 0, 6]);
      const linkLocal = await linkLocalOf(exec, 'db');
      await seen.begin(...all);
      expect((await exec('web', 'nc', '-z', '-w', '2', linkLocal, '80')).code).toBe(0);
      const flows = (await Promise.all(all.map((fn) => seen.of(fn)))).flatMap((one) => one.flows);
      expect(flows.filter((flow) => flow.includes('fe80:'))).toHaveLength(1);
    });

    test('in another’s name', async () => {
      await expectNotFrom(exec, 'web', addressOf('db', 'IPAddress'), ['10.93.11.200']);
    });
  });

  test('go on without one that ends, which is given flows again when it is back', async () => {
    const db = addressOf('db', 'IPAddress');
    host.podman('kill', 'hinst-fw-2');
    // Before anybody knows, and while its flows are given to others, too.
    await connections(db, 60);
    await until('it is known', () => host.nodeLog().includes('a function of chains has ended'));
    await seen.begin('fw-2');
    await connections(db, 60);
    expect((await seen.of('fw-2')).flows).toEqual([]);
    await ticking.goesOn(90);
    await scale(3);
    expect(await proven()).toEqual(all);
    await until('it is given flows again', async () => {
      await seen.begin('fw-2');
      await connections(addressOf('db', 'IPAddress'), 20);
      return (await seen.of('fw-2')).flows.length > 0;
    });
    await ticking.goesOn(90);
  });

  test('go when what is with them has ended', async () => {
    const ports = [91, 92, 93, 94, 95, 96];
    await Promise.all(ports.map((port) => ticking.open(port)));
    await seen.begin('fw-2', 'fw-3');
    await Promise.all(ports.map((port) => ticking.goesOn(port)));
    const isWith = (flows: readonly string[]) => (port: number) =>
      flows.some((flow) => flow.includes(`:${port}`));
    const going = await Promise.all(
      ['fw-2', 'fw-3'].map(async (fn) => ({ fn, ports: ports.filter(isWith((await seen.of(fn)).flows)) })),
    );
    const theirs = going.flatMap((one) => one.ports);
    // One that has no flows is gone at once.
    const staying = going.flatMap((one) => (one.ports.length > 0 ? one.fn : []));
    expect(theirs.length).toBeGreaterThan(0);
    let isDone = false;
    const done = scale(1).then(() => {
      isDone = true;
    });
    await until('new flows come to the first alone', async () => {
      await seen.begin(...staying);
      await connections(addressOf('db', 'IPAddress'), 20);
      const each = await Promise.all(staying.map((fn) => seen.of(fn)));
      return !each.some(({ flows }) => isWith(flows)(80));
    });
    for (const port of theirs) await ticking.goesOn(port);
    expect(isDone).toBe(false);
    await ticking.close(...theirs);
    await done;
    expect(host.podman('ps', '-a', '--format', '{{.Names}}')).not.toContain('hinst-fw-2');
    await ticking.goesOn(90);
    expect(await proven()).toEqual(['fw-1']);
  });

  test('leave nothing', async () => {
    await host.ok('down', ...project);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('hinst');
  });
});
