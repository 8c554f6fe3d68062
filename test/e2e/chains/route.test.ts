import { type ChildProcess, execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNotFrom, linkLocalOf } from '../../support/bypass.ts';
import { makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { run } from '../../support/run.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = (chains: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab], cap_add: [NET_ADMIN, NET_RAW] }
  other: { ${tiny}, init: true, networks: [lab], cap_add: [NET_RAW] }
  db: { ${tiny}, init: true, networks: [lab], cap_add: [NET_RAW], command: sh -c "mkdir /two && echo two > /two/index.html; busybox httpd -p 81 -h /two; exec busybox httpd -f -p 80 -h /www" }
  rt: { ${tiny}, init: true, network_mode: none, x-heddle: { function: { mode: route } } }
  near: { ${tiny}, init: true, networks: [lab], x-heddle: { function: { mode: route, per: replica } } }
  ids: { ${tiny}, init: true, network_mode: none, x-heddle: { function: { mode: wire } } }
networks:
  lab: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.8.0/24 }, { subnet: "fd93:8::/64" }] } }
x-heddle:
  chains: [${chains}]
`;
const between = (through: string, match = '') =>
  `{ name: front, from: web, to: db, ${match} through: [${through}] }`;
const web80 = (through: string) => between(through, 'match: { ports: [80/tcp] },');

/** Ports of the clients that probes come from. */
const probes = '700-999';

describe('a function that routes', () => {
  const host = new TestHost();
  let project: string[];
  const up = async (chains: string, ...more: string[]) => {
    project = host.project('hroute', file(chains));
    await host.ok('up', ...project, ...more);
  };
  const pods = new PodmanPods(host, 'hroute');
  const exec = (service: string, ...command: string[]) => pods.exec(service, ...command);
  const reaches = async (from: string, address: string, port: number, ...more: string[]) =>
    (await exec(from, 'nc', '-z', '-w', '2', ...more, address, String(port))).code === 0;
  const page = async (address: string, port = 80) => {
    const place = address.includes(':') ? `[${address}]` : address;
    return (await exec('web', 'timeout', '5', 'busybox', 'wget', '-q', '-O', '-', `http://${place}:${port}/`))
      .stdout;
  };
  const addressOf = (...of: Parameters<PodmanPods['address']>) => pods.address(...of);
  const inside = (...of: Parameters<PodmanPods['inside']>) => pods.inside(...of);
  /** What the kernel has routed in a function since its counters were put there: towards the pod, and from it. */
  const count = (fn: string) =>
    inside(
      fn,
      ['nft', '-f', '-'],
      'table inet seen {}\ndelete table inet seen\ntable inet seen {\ncounter in { }\ncounter out { }\nchain forward {\n' +
        `type filter hook forward priority 0\ntcp sport ${probes} return\ntcp dport ${probes} return\n` +
        'iifname "o-*" oifname "i-*" counter name in\niifname "i-*" oifname "o-*" counter name out\n}\n}\n',
    );
  const routed = (fn: string) =>
    ['in', 'out'].map((name) =>
      Number(/packets (\d+)/.exec(inside(fn, ['nft', 'list', 'counter', 'inet', 'seen', name]))?.[1]),
    );
  /** Of all wires through a function: its interfaces. */
  const ends = (fn: string) =>
    (JSON.parse(inside(fn, ['ip', '-j', 'link', 'show', 'type', 'veth'])) as { ifname: string }[])
      .map(({ ifname }) => ifname)
      .filter((name) => /^[io]-/.test(name));
  const setForwarding = (fn: string, end: string, value: '0' | '1') =>
    inside(fn, ['tee', `/proc/sys/net/ipv4/conf/${end}/forwarding`], value);
  const rt = 'rt-1';
  const near = 'db-1.near';

  beforeAll(() => up(web80('rt, near')));
  afterAll(() => host.remove());

  test('is passed by what a chain says, over IPv4 and IPv6, in both directions', async () => {
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      for (const fn of [rt, near]) count(fn);
      expect(await page(addressOf('db', family))).toBe('hello\n');
      // SYN, ACK, the question, and the end.
      for (const fn of [rt, near])
        for (const packets of routed(fn)) expect(packets).toBeGreaterThanOrEqual(4);
    }
  });

  test('is passed by nothing else', async () => {
    const db = addressOf('db', 'IPAddress');
    for (const fn of [rt, near]) count(fn);
    expect(await page(db, 81)).toBe('two\n');
    expect(await reaches('other', db, 80)).toBe(true);
    for (const fn of [rt, near]) expect(routed(fn)).toEqual([0, 0]);
  });

  describe('is not walked around', () => {
    test('in fragments, nor by addresses of the link, which nobody routes', async () => {
      const db = addressOf('db', 'IPAddress');
      count(rt);
      expect((await exec('web', 'ping', '-c', '1', '-W', '5', '-s', '3000', db)).code).toBe(0);
      for (const packets of routed(rt)) expect(packets).toBeGreaterThan(0);
      const linkLocal = await linkLocalOf(exec, 'db');
      expect(await reaches('web', linkLocal, 80)).toBe(false);
    });

    test('in another’s name, or in nobody’s', async () => {
      const db = addressOf('db', 'IPAddress');
      await expectNotFrom(exec, 'web', db, ['10.93.8.200', addressOf('other', 'IPAddress')]);
      expect(await reaches('web', db, 80)).toBe(true);
    });

    test('by a replica that comes', async () => {
      await up(web80('rt, near'), '--scale', 'web=2');
      count(rt);
      const nc = ['nc', '-z', '-w', '2', addressOf('db', 'IPAddress'), '80'];
      expect((await host.run('podman', ['exec', 'hroute-web-2', ...nc])).code).toBe(0);
      for (const packets of routed(rt)) expect(packets).toBeGreaterThanOrEqual(2);
    });

    test('when its kernel does not forward, and it does so again', async () => {
      const db = addressOf('db', 'IPAddress');
      await until('nothing passes', async () => {
        for (const end of ends(rt)) setForwarding(rt, end, '0');
        return !(await reaches('web', db, 80));
      });
      expect(await reaches('other', db, 80)).toBe(true);
      await up(web80('rt, near'));
      count(rt);
      expect(await reaches('web', db, 80)).toBe(true);
      for (const packets of routed(rt)) expect(packets).toBeGreaterThanOrEqual(2);
    });
  });

  describe('with functions on both sides of it', () => {
    let server: ChildProcess;
    let stream: Awaited<ReturnType<typeof streaming>>;
    afterAll(() => {
      server?.kill('SIGKILL');
      stream?.kill();
    });

    const firewall = '{ firewall: { ingress: [{ ports: ["80/tcp", "90/tcp"], from: [web] }] } }';

    test('comes, changes places and goes on an open connection', async () => {
      server = await echoing(pods.namespace('db-1'), 90);
      stream = await streaming(pods.namespace('web-1'), addressOf('db', 'IPAddress'), 90);
      for (const through of [`ids, rt, ${firewall}`, 'near, rt']) {
        await up(between(through));
        count(rt);
        await stream.goesOn();
        for (const packets of routed(rt)) expect(packets).toBeGreaterThan(20);
        // A firewall lets pass who speaks from its own address of hardware, too.
        for (const family of ['IPAddress', 'GlobalIPv6Address'] as const)
          expect(await page(addressOf('db', family))).toBe('hello\n');
      }
      for (const [family, said] of [
        ['IPAddress', 'Time to live exceeded'],
        ['GlobalIPv6Address', 'Time exceeded: Hop limit'],
      ] as const) {
        const db = addressOf('db', family);
        const { stdout } = await exec('web', 'ping', '-c', '1', '-W', '5', '-t', '1', db);
        // By an address that both ends know.
        expect(stdout).toContain(`From ${db} icmp_seq=1 ${said}`);
      }
      await up('');
      await stream.goesOn();
    });
  });

  describe('that is the NAT of the catalogue', () => {
    const outside = 'hroute-out';
    const fetch = (address: string) =>
      run('nsenter', [`--net=/run/netns/${outside}`, 'curl', '-sm5', `http://${address}/cgi-bin/who`]);
    beforeAll(async () => {
      makeNamespace(outside);
      const ip = (...args: string[]) => execFileSync('ip', args);
      ip('link', 'add', 'hroute0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
      ip('address', 'add', '10.94.8.1/24', 'dev', 'hroute0');
      ip('link', 'set', 'hroute0', 'up');
      ip('-n', outside, 'address', 'add', '10.94.8.2/24', 'dev', 'eth0');
      ip('-n', outside, 'link', 'set', 'eth0', 'up');
      ip('-n', outside, 'route', 'add', 'default', 'via', '10.94.8.1');
      await up(
        `${between('{ nat: { ports: ["80:81"] } }', 'match: { ports: [80/tcp, 81/tcp] },')}, ` +
          '{ name: in, from: outside, to: db, through: [{ nat: { ports: ["8080:80/tcp"], source: gateway } }] }',
      );
      const script = `printf '#!/bin/sh\necho\necho $REMOTE_ADDR\n'`;
      await exec(
        'db',
        'sh',
        '-c',
        `mkdir /www/cgi-bin; ${script} > /www/cgi-bin/who; chmod +x /www/cgi-bin/who`,
      );
    });
    afterAll(removeNamespaces);

    test('hands on what comes in for a port to another, over IPv4 and IPv6', async () => {
      for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
        const db = addressOf('db', family);
        expect(await page(db)).toBe('two\n');
        expect(await page(db, 81)).toBe('two\n');
      }
    });

    test('hides who comes through the gateway', async () => {
      const db = addressOf('db', 'IPAddress');
      for (const address of [`${db}:8080`, db])
        expect((await fetch(address)).stdout).toMatch(/^\S*\b10\.93\.8\.1\b\S*\n$/);
    });

    test('lets nothing pass without its rules, which come again', async () => {
      const db = addressOf('db', 'IPAddress');
      await until('nothing passes', async () => {
        inside('db-1.front.nat', ['nft', 'flush', 'ruleset']);
        return !(await reaches('web', db, 81));
      });
      expect(await reaches('other', db, 81)).toBe(true);
      await until('they are there again', async () => (await page(db)) === 'two\n');
    });
  });

  test('leaves nothing', async () => {
    await host.ok('down', ...project);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('hroute');
  });
});
