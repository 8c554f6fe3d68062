import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNotFrom, linkLocalOf } from '../../support/bypass.ts';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { proxy, tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const asFunction =
  'init: true, network_mode: none, cap_add: [NET_ADMIN], command: sh -c "haproxy -f /etc/haproxy.cfg -D -p /run/pid; exec sleep infinity"';
const file = (chains: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab], cap_add: [NET_ADMIN, NET_RAW] }
  other: { ${tiny}, init: true, networks: [lab], cap_add: [NET_RAW] }
  db: { ${tiny}, init: true, networks: [lab], cap_add: [NET_RAW], command: sh -c "mkdir /two && echo two > /two/index.html; busybox httpd -p 81 -h /two; exec busybox httpd -f -p 80 -h /www" }
  lb: { ${proxy}, ${asFunction}, x-heddle: { function: { mode: proxy, port: 10080 } } }
  near: { ${proxy}, ${asFunction}, x-heddle: { function: { mode: proxy, port: 10080, per: replica } } }
  ids: { ${tiny}, init: true, network_mode: none, x-heddle: { function: wire } }
  tap: { ${tiny}, init: true, network_mode: none, x-heddle: { function: wire } }
networks:
  lab: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.9.0/24 }, { subnet: "fd93:9::/64" }] } }
x-heddle:
  chains: [${chains}]
`;
const front = (through: string) =>
  `{ name: front, from: web, to: db, match: { ports: [80/tcp, 90/tcp] }, through: [${through}] }`;

describe('a function that is a proxy', () => {
  const host = new TestHost();
  let project: string[];
  const up = async (chains: string, ...more: string[]) => {
    project = host.project('hproxied', file(chains));
    await host.ok('up', ...project, ...more);
  };
  const pods = new PodmanPods(host, 'hproxied');
  const exec = (service: string, ...command: string[]) => pods.exec(service, ...command);
  const reaches = async (from: string, address: string, port: number) =>
    (await exec(from, 'nc', '-z', '-w', '2', address, String(port))).code === 0;
  const page = async (address: string, port = 80, page = '') => {
    const place = address.includes(':') ? `[${address}]` : address;
    const url = `http://${place}:${port}/${page}`;
    return (await exec('web', 'timeout', '5', 'busybox', 'wget', '-q', '-O', '-', url)).stdout;
  };
  const addressOf = (...of: Parameters<PodmanPods['address']>) => pods.address(...of);
  const inside = (...of: Parameters<PodmanPods['inside']>) => pods.inside(...of);
  type Counter = 'asked' | 'answered' | 'proved' | 'refused';
  /** Packets that the rules of a proxy have counted, over all of its wires. */
  const counted = (pod: string, name: Counter) =>
    (
      JSON.parse(inside(pod, ['nft', '-j', 'list', 'counters'])) as {
        nftables: { counter?: { name: string; packets: number } }[];
      }
    ).nftables.reduce((sum, { counter }) => sum + (counter?.name === name ? counter.packets : 0), 0);
  /** By how many packets a counter moved while something was done. */
  const moved = async (pod: string, name: Counter, work: () => Promise<unknown>) => {
    const before = counted(pod, name);
    await work();
    return counted(pod, name) - before;
  };
  const lb = 'lb-1';
  const near = 'db-1.near';

  beforeAll(() => up(front('lb')));
  afterAll(() => host.remove());

  test('is passed by what a chain says, over IPv4 and IPv6, in both directions, and keeps both addresses', async () => {
    const script = `printf '#!/bin/sh\\necho\\necho $REMOTE_ADDR\\n'`;
    const who = `mkdir /www/cgi-bin; ${script} > /www/cgi-bin/who; chmod +x /www/cgi-bin/who`;
    await exec('db', 'sh', '-c', who);
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const [asked, answered] = [counted(lb, 'asked'), counted(lb, 'answered')];
      expect(await page(addressOf('db', family), 80, 'cgi-bin/who')).toContain(addressOf('web', family));
      // SYN, ACK, the question, and the end.
      expect(counted(lb, 'asked') - asked).toBeGreaterThanOrEqual(4);
      expect(counted(lb, 'answered') - answered).toBeGreaterThanOrEqual(3);
    }
  });

  test('is passed by nothing else', async () => {
    const db = addressOf('db', 'IPAddress');
    const others = await moved(lb, 'asked', async () => {
      expect(await page(db, 81)).toBe('two\n');
      expect(await reaches('other', db, 80)).toBe(true);
    });
    expect(others).toBe(0);
  });

  describe('is not walked around', () => {
    test('by addresses of the link, in another’s name, or from the ports of probes', async () => {
      const db = addressOf('db', 'IPAddress');
      expect(await reaches('web', await linkLocalOf(exec, 'db'), 80)).toBe(false);
      await expectNotFrom(exec, 'web', db, ['10.93.9.200', addressOf('other', 'IPAddress')]);
      const asked = await moved(lb, 'asked', async () => {
        expect((await exec('web', 'nc', '-z', '-w', '2', '-p', '800', db, '80')).code).toBe(0);
      });
      expect(asked).toBeGreaterThanOrEqual(2);
    });

    test('by connections that are opened at its other end', async () => {
      const refused = await moved(lb, 'refused', async () => {
        const web = addressOf('web', 'IPAddress');
        expect((await exec('db', 'nc', '-z', '-w', '2', '-p', '90', web, '80')).code).not.toBe(0);
      });
      expect(refused).toBeGreaterThan(0);
    });

    test('by a replica that comes', async () => {
      await up(front('lb'), '--scale', 'web=2');
      const nc = ['nc', '-z', '-w', '2', addressOf('db', 'IPAddress'), '80'];
      const asked = await moved(lb, 'asked', async () => {
        expect((await host.run('podman', ['exec', 'hproxied-web-2', ...nc])).code).toBe(0);
      });
      expect(asked).toBeGreaterThanOrEqual(2);
    });

    test('when its program does not listen, and its proof says so', async () => {
      const db = addressOf('db', 'IPAddress');
      await exec('lb', 'sh', '-c', 'kill $(cat /run/pid)');
      for (const family of ['IPAddress', 'GlobalIPv6Address'] as const)
        expect(await reaches('web', addressOf('db', family), 80)).toBe(false);
      expect((await exec('web', 'nc', '-z', '-w', '2', '-p', '801', db, '80')).code).not.toBe(0);
      expect(await reaches('other', db, 80)).toBe(true);
      const proof = await host.heddle('chain', 'prove', 'front', ...project);
      expect([proof.code, proof.stdout]).toEqual([1, expect.stringContaining('lb-1 did not let it through')]);
      await exec('lb', 'haproxy', '-f', '/etc/haproxy.cfg', '-D', '-p', '/run/pid');
      expect(await host.ok('chain', 'prove', 'front', ...project)).toContain('proven');
      expect(await page(db)).toBe('hello\n');
    });

    test('when its rules are gone, which come again', async () => {
      const db = addressOf('db', 'IPAddress');
      await until('nothing passes', async () => {
        inside(lb, ['nft', 'flush', 'ruleset']);
        return !(await reaches('web', db, 80));
      });
      await up(front('lb'));
      const asked = await moved(lb, 'asked', async () => expect(await page(db)).toBe('hello\n'));
      expect(asked).toBeGreaterThanOrEqual(4);
    });
  });

  test('takes other ports when the file says so', async () => {
    await up('{ name: front, from: web, to: db, match: { ports: [80-81/tcp] }, through: [lb] }');
    const db = addressOf('db', 'IPAddress');
    const asked = await moved(lb, 'asked', async () => expect(await page(db, 81)).toBe('two\n'));
    expect(asked).toBeGreaterThanOrEqual(4);
  });

  test('stands where the pod opens the connections, too', async () => {
    await up('{ name: out, from: web, to: lab, match: { ports: [80/tcp] }, through: [lb] }');
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const asked = await moved(lb, 'asked', async () =>
        expect(await page(addressOf('db', family), 80, 'cgi-bin/who')).toContain(addressOf('web', family)),
      );
      expect(asked).toBeGreaterThanOrEqual(4);
    }
  });

  describe('with functions on both sides of it', () => {
    let server: ChildProcess;
    let stream: Awaited<ReturnType<typeof streaming>>;
    afterAll(() => {
      server?.kill('SIGKILL');
      stream?.kill();
    });

    test('keeps its connections while those come, change places and go', async () => {
      await up(front('lb'));
      server = await echoing(pods.namespace('db-1'), 90);
      stream = await streaming(pods.namespace('web-1'), addressOf('db', 'IPAddress'), 90);
      for (const through of ['ids, lb, tap', 'tap, lb, ids', 'lb']) {
        await up(front(through));
        for (const counter of ['asked', 'answered'] as const)
          expect(await moved(lb, counter, () => stream.goesOn())).toBeGreaterThan(20);
        for (const family of ['IPAddress', 'GlobalIPv6Address'] as const)
          expect(await page(addressOf('db', family))).toBe('hello\n');
      }
    });

    test('is one beside each pod, and one behind another', async () => {
      await up(front('lb, ids, near'));
      const db = addressOf('db', 'GlobalIPv6Address');
      const asked = [counted(lb, 'asked'), counted(near, 'asked')];
      expect(await page(db, 80, 'cgi-bin/who')).toContain(addressOf('web', 'GlobalIPv6Address'));
      for (const [at, pod] of [lb, near].entries())
        expect(counted(pod, 'asked') - (asked[at] ?? 0)).toBeGreaterThanOrEqual(4);
    });
  });

  test('leaves nothing', async () => {
    await host.ok('down', ...project);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('hproxied');
  });
});
