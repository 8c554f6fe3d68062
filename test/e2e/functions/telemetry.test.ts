import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import type { HopTraffic } from '../../../src/networks/path/telemetry/status.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';

const file = (through: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab], cap_add: [NET_RAW] }
  other: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, networks: [lab], command: busybox httpd -f -p 80 -h /www }
  ids: { ${tiny}, init: true, restart: "no", network_mode: none, cap_add: [NET_ADMIN], x-heddle: { function: wire } }
  tap: { ${tiny}, init: true, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
networks:
  lab: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.12.0/24 }, { subnet: "fd93:12::/64" }] } }
x-heddle:
  chains:
    - { name: front, from: web, to: db, through: [${through}] }
    - { name: ported, from: other, to: db, match: { ports: [8080/tcp, 80/tcp] }, through: [{ nat: { ports: ["8080:80/tcp"] } }] }
`;

describe('the telemetry of a chain', () => {
  const host = new TestHost();
  let project: string[];
  const up = async (through: string) => {
    project = host.project('htele', file(through));
    await host.ok('up', ...project);
  };
  const chain = (name: string, ...options: string[]) =>
    host.json<ChainStatus>('chain', 'show', name, ...project, ...options);
  /** By function and direction. */
  const traffic = async (
    name = 'front',
    ...options: string[]
  ): Promise<(fn: string, direction?: string) => HopTraffic> => {
    const { pods } = await chain(name, ...options);
    return (fn, direction = 'in') => {
      const hop = pods[0]?.telemetry.find((one) => one.function === `htele-${fn}`);
      const found = hop?.traffic.find((one) => one.direction === direction);
      if (!found) throw new Error(`no telemetry of ${fn}`);
      return found;
    };
  };
  const within = async (fn: string, ...command: string[]) => {
    const pid = host.podman('inspect', `htele-${fn}.sandbox`, '--format', '{{.State.Pid}}');
    const { code, stdout, stderr } = await host.run('nsenter', ['-t', pid, '-n', ...command]);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
  const addressOf = (service: string, family: 'IPAddress' | 'GlobalIPv6Address' = 'IPAddress') =>
    host.podman(
      'inspect',
      `htele-${service}-1.sandbox`,
      '--format',
      `{{(index .NetworkSettings.Networks "htele_lab").${family}}}`,
    );
  const exec = (service: string, ...command: string[]) =>
    host.run('podman', ['exec', `htele-${service}-1`, ...command]);
  const ping = (count: number, ...options: string[]) =>
    exec('web', 'ping', '-n', '-q', '-c', String(count), '-i', '0.005', '-W', '2', ...options);
  /** Packets in and out since a look before. */
  const since = (before: HopTraffic, after: HopTraffic) =>
    [after.entered!.packets - before.entered!.packets, after.left!.packets - before.left!.packets] as const;

  beforeAll(() => up('ids, tap'));
  afterAll(() => host.remove());

  test('knows of no traffic before there is any, whatever was proved', async () => {
    const seen = await traffic();
    for (const fn of ['ids-1', 'db-1.tap'])
      for (const direction of ['in', 'out'])
        expect(seen(fn, direction)).toMatchObject({
          entered: { packets: 0, bytes: 0 },
          left: { packets: 0, bytes: 0 },
          lost: 0,
          delay: null,
          queue: null,
          note: 'no traffic',
        });
  });

  test('counts each packet and byte, over IPv4 and IPv6, and times them', async () => {
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const earlier = await traffic();
      expect((await ping(25, '-s', '200', addressOf('db', family))).code).toBe(0);
      const later = await traffic();
      for (const fn of ['ids-1', 'db-1.tap'])
        for (const direction of ['in', 'out'])
          expect(since(earlier(fn, direction), later(fn, direction))).toEqual([25, 25]);
      const bytes = later('ids-1').left!.bytes - earlier('ids-1').left!.bytes;
      expect(bytes).toBe(25 * (family === 'IPAddress' ? 242 : 262));
      expect(later('ids-1').delay!.samples).toBeGreaterThan(earlier('ids-1').delay?.samples ?? 0);
      expect(later('db-1.tap')).toMatchObject({ lost: 0, lostBefore: 0, note: null });
      expect(later('db-1.tap').hop!.mean).toBeGreaterThan(0);
    }
  });

  test('shows a delay at the function that has it, and what waits there, in its direction', async () => {
    const wire = /(i-[0-9a-f]{8})[@:]/.exec(await within('ids-1', 'ip', '-o', 'link'))?.[1];
    // A packet of a thousand bytes each 20 ms.
    const shape = ['rate', '400kbit', 'burst', '1600', 'latency', '900ms'];
    await within('ids-1', 'tc', 'qdisc', 'add', 'dev', wire!, 'root', 'tbf', ...shape);
    expect((await ping(30, '-s', '958', addressOf('db'))).code).toBe(0);
    const seen = await traffic();
    const slow = seen('ids-1').delay!;
    expect(slow.p99).toBeGreaterThan(100_000);
    expect(seen('db-1.tap').delay!.p99).toBeLessThan(slow.p99 / 2);
    expect(seen('ids-1', 'out').delay!.p99).toBeLessThan(slow.p99 / 2);
    expect(seen('ids-1').queue).toMatchObject({ kind: 'tbf', packets: 0, drops: 0 });
    expect(seen('ids-1', 'out').queue).toBeNull();
    expect(await host.ok('chain', 'show', 'front', ...project)).toMatch(
      /to htele-db-1 +htele-ids-1 +\d+ +\d+ +0 .*tbf: 0 packets/,
    );
    await within('ids-1', 'tc', 'qdisc', 'del', 'dev', wire!, 'root');
  });

  test('shows what a function drops, and nothing lost at the others', async () => {
    const earlier = await traffic();
    const fourth = 'icmp type echo-request icmp sequence & 3 == 0 drop';
    const hook = '{ type filter hook forward priority 0; }';
    await within(
      'ids-1',
      'nft',
      `add table bridge lossy; add chain bridge lossy some ${hook}; add rule bridge lossy some ${fourth}`,
    );
    // Sequence numbers from 1 on.
    await ping(40, addressOf('db'));
    await within('ids-1', 'nft', 'delete', 'table', 'bridge', 'lossy');
    const later = await traffic();
    expect(since(earlier('ids-1'), later('ids-1'))).toEqual([40, 30]);
    expect(later('ids-1').lost! - earlier('ids-1').lost!).toBe(10);
    expect(since(earlier('db-1.tap'), later('db-1.tap'))).toEqual([30, 30]);
    expect(later('db-1.tap')).toMatchObject({ lost: 0, lostBefore: 0 });
    expect(since(earlier('ids-1', 'out'), later('ids-1', 'out'))).toEqual([30, 30]);
    // From now on there is nothing.
    expect((await traffic('front', '--during', '300ms'))('ids-1')).toMatchObject({
      entered: { packets: 0 },
      lost: 0,
      note: 'no traffic',
    });
  });

  test('times what NAT has changed, too', async () => {
    const url = `http://${addressOf('db')}:8080/`;
    expect((await exec('other', 'busybox', 'wget', '-q', '-O', '-', url)).stdout).toBe('hello\n');
    const seen = await traffic('ported');
    for (const direction of ['in', 'out']) {
      const { entered, left, delay, note } = seen('db-1.ported.nat', direction);
      expect(entered!.packets).toBeGreaterThanOrEqual(4);
      expect(left).toEqual(entered);
      expect(delay!.samples).toBeGreaterThan(0);
      expect(note).toBeNull();
    }
  });

  test('is in the metrics', async () => {
    const { stdout } = await host.run('curl', [
      '-s',
      '--unix-socket',
      `${host.runDir}/node.sock`,
      'http://node/metrics',
    ]);
    const labels = '{project="htele",chain="front",pod="htele-db-1",function="htele-ids-1",direction="in"';
    expect(stdout).toContain('# TYPE heddle_chain_hop_delay_seconds histogram');
    expect(stdout).toMatch(new RegExp(`^heddle_chain_hop_packets_total${labels},end="entry"} \\d+$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^heddle_chain_hop_delay_seconds_count${labels}} \\d+$`, 'm'));
  });

  test('begins anew where functions change places, and ends with them', async () => {
    await up('tap, ids');
    expect((await traffic())('ids-1')).toMatchObject({ entered: { packets: 0 }, note: 'no traffic' });
    expect((await ping(5, addressOf('db'))).code).toBe(0);
    const seen = await traffic();
    expect(seen('ids-1')).toMatchObject({ entered: { packets: 5 }, left: { packets: 5 }, lostBefore: 0 });
    await host.ok('down', ...project);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('htele');
    expect(existsSync('/run/heddle-patch')).toBe(false);
  });
});
