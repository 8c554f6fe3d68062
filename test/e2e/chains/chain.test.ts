import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNotFrom, linkLocalOf } from '../../support/bypass.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = (chains: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab], cap_add: [NET_ADMIN, NET_RAW] }
  other: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, init: true, networks: [lab], command: sh -c "busybox httpd -p 81 -h /www; exec busybox httpd -f -p 80 -h /www" }
  ids: { ${tiny}, init: true, network_mode: none, x-heddle: { function: { mode: wire } } }
  tap: { ${tiny}, init: true, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
networks:
  lab: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.7.0/24 }, { subnet: "fd93:7::/64" }] } }
x-heddle:
  chains: [${chains}]
`;
const web80 = (through: string) =>
  `{ name: front, from: web, to: db, match: { ports: [80/tcp] }, through: [${through}] }`;

/** Ports of the clients that probes come from. */
const probes = '700-999';
const counting = `add table bridge seen; add counter bridge seen others; \
  add chain bridge seen entering { type filter hook prerouting priority -300; }; \
  add rule bridge seen entering tcp sport ${probes} return; add rule bridge seen entering tcp dport ${probes} return; \
  add rule bridge seen entering counter name others`;

describe('a chain', () => {
  const host = new TestHost();
  let project: string[];
  const up = async (chains: string, ...more: string[]) => {
    project = host.project('hchain', file(chains));
    await host.ok('up', ...project, ...more);
  };
  const exec = (service: string, ...command: string[]) =>
    host.run('podman', ['exec', `hchain-${service}-1`, ...command]);
  const reaches = async (from: string, address: string, port: number) =>
    (await exec(from, 'nc', '-z', '-w', '2', address, String(port))).code === 0;
  const addressOf = (service: string, family: 'IPAddress' | 'GlobalIPv6Address' | 'MacAddress') =>
    host.podman(
      'inspect',
      `hchain-${service}-1.sandbox`,
      '--format',
      `{{(index .NetworkSettings.Networks "hchain_lab").${family}}}`,
    );
  /** Packets that have come into a function, whatever wire they came by, but for probes. */
  const passed = async (fn: string): Promise<number> => {
    const pid = host.podman('inspect', `hchain-${fn}.sandbox`, '--format', '{{.State.Pid}}');
    const nft = (...args: string[]) => host.run('nsenter', ['-t', pid, '-n', 'nft', ...args]);
    const { stdout } = await nft('list', 'counter', 'bridge', 'seen', 'others');
    const count = /packets (\d+)/.exec(stdout)?.[1];
    if (count !== undefined) return Number(count);
    const { code, stderr } = await nft(counting);
    if (code !== 0) throw new Error(stderr);
    return 0;
  };
  /** Packets that pass functions while something is done: how many of each. */
  const passing = async (functions: readonly string[], work: () => Promise<unknown>): Promise<number[]> => {
    const before = await Promise.all(functions.map(passed));
    await work();
    const after = await Promise.all(functions.map(passed));
    return after.map((count, at) => count - (before[at] ?? 0));
  };
  const ids = 'ids-1';
  const tap = 'db-1.tap';

  beforeAll(() => up(web80('ids, tap')));
  afterAll(() => host.remove());

  test('is passed by what it says, over IPv4 and IPv6, in both directions', async () => {
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const db = addressOf('db', family);
      // SYN, SYN-ACK, ACK, and the ends.
      const counts = await passing([ids, tap], async () => expect(await reaches('web', db, 80)).toBe(true));
      for (const count of counts) expect(count).toBeGreaterThanOrEqual(5);
    }
  });

  test('is passed by nothing else', async () => {
    const db = addressOf('db', 'IPAddress');
    const counts = await passing([ids, tap], async () => {
      expect(await reaches('web', db, 81)).toBe(true);
      expect(await reaches('other', db, 80)).toBe(true);
    });
    expect(counts).toEqual([0, 0]);
  });

  describe('is not walked around', () => {
    test('in fragments, nor by addresses of the link', async () => {
      const db = addressOf('db', 'IPAddress');
      const [fragments] = await passing([ids], async () =>
        expect((await exec('web', 'ping', '-c', '1', '-W', '5', '-s', '3000', db)).code).toBe(0),
      );
      expect(fragments).toBeGreaterThan(0);
      const linkLocal = await linkLocalOf(exec, 'db');
      const [count] = await passing([ids], async () =>
        expect(await reaches('web', linkLocal, 80)).toBe(true),
      );
      expect(count).toBeGreaterThanOrEqual(5);
    });

    test('in another’s name, or in nobody’s', async () => {
      const db = addressOf('db', 'IPAddress');
      await expectNotFrom(exec, 'web', db, ['10.93.7.200', addressOf('other', 'IPAddress')]);
      expect(await reaches('web', db, 80)).toBe(true);
    });

    test('by a replica that comes', async () => {
      await up(web80('ids, tap'), '--scale', 'web=2');
      const db = addressOf('db', 'IPAddress');
      const [count] = await passing([ids], async () => {
        const { code } = await host.run('podman', ['exec', 'hchain-web-2', 'nc', '-z', '-w', '2', db, '80']);
        expect(code).toBe(0);
      });
      expect(count).toBeGreaterThanOrEqual(5);
    });
  });

  test('changes with its file, and no container of the application is made anew', async () => {
    const made = () =>
      ['web', 'db'].map((name) =>
        host.podman('inspect', `hchain-${name}-1`, '--format', '{{.Id}} {{.State.StartedAt}}'),
      );
    const before = made();
    const db = addressOf('db', 'IPAddress');
    await up(web80('tap, { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } }'));
    const counts = await passing([ids, tap], async () => expect(await reaches('web', db, 80)).toBe(true));
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThanOrEqual(5);
    await up(`${web80('tap, ids')}, { name: other, from: other, to: db, through: [tap] }`);
    const [alone, both] = await passing([ids, tap], async () => {
      expect(await reaches('web', db, 80)).toBe(true);
      expect(await reaches('other', db, 81)).toBe(true);
    });
    expect(alone).toBeGreaterThanOrEqual(5);
    expect(both).toBeGreaterThanOrEqual(10);
    await up('');
    expect(await reaches('web', db, 80)).toBe(true);
    expect(made()).toEqual(before);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('hchain.patch');
  });

  test('lets nothing around it when its function goes', async () => {
    await up(web80('ids'));
    const db = addressOf('db', 'IPAddress');
    expect(await reaches('web', db, 80)).toBe(true);
    const back = host.killContainer('hchain-ids-1.sandbox');
    expect(await reaches('other', db, 80)).toBe(true);
    await until('it reaches it again', () => reaches('web', db, 80));
    await back;
    const [count] = await passing([ids], async () => expect(await reaches('web', db, 80)).toBe(true));
    expect(count).toBeGreaterThanOrEqual(5);
  });

  test('leaves nothing', async () => {
    await host.ok('down', ...project);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('hchain');
  });
});
