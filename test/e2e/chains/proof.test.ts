import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = (through = 'ids, tap, { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } }') => `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, networks: [lab], command: busybox httpd -f -p 80 -h /www }
  ids: { ${tiny}, init: true, network_mode: none, cap_add: [NET_ADMIN], x-heddle: { function: { mode: wire } } }
  tap: { ${tiny}, init: true, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
networks:
  lab: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.9.0/24 }, { subnet: "fd93:9::/64" }] } }
x-heddle:
  chains: [{ name: front, from: web, to: db, match: { ports: [80/tcp] }, through: [${through}] }]
`;
const functions = ['ids-1', 'db-1.tap', 'db-1.front.firewall'];

describe('the proof of a chain', () => {
  const host = new TestHost();
  let project: string[];
  const write = (...through: string[]) => {
    project = host.project('hproof', file(...through));
  };
  const prove = async () => {
    const ended = await host.heddle('chain', 'prove', 'front', '--format', 'json', ...project);
    const [chain] = JSON.parse(ended.stdout) as ChainStatus[];
    return { code: ended.code, chain: chain! };
  };
  const within = async (fn: string, ...command: string[]) => {
    const pid = host.podman('inspect', `hproof-${fn}.sandbox`, '--format', '{{.State.Pid}}');
    const { code, stdout, stderr } = await host.run('nsenter', ['-t', pid, '-n', ...command]);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };

  const silence = '{ type filter hook forward priority 0; policy drop; }';
  const mute = () =>
    within('ids-1', 'nft', `add table bridge mute; add chain bridge mute silence ${silence}`);
  const unmute = () => within('ids-1', 'nft', 'delete', 'table', 'bridge', 'mute');
  const listed = async () => {
    const [chain] = JSON.parse(await host.ok('chain', 'ls', '--format', 'json', ...project)) as ChainStatus[];
    return [chain!.state, chain!.reason] as const;
  };

  beforeAll(async () => {
    write();
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('is there once it is up', async () => {
    const [chain] = JSON.parse(await host.ok('chain', 'ls', '--format', 'json', ...project)) as ChainStatus[];
    expect(chain).toMatchObject({ chain: 'front', state: 'proven', reason: null });
  });

  test('says of each probe which functions it passed, from both ends, over IPv4 and IPv6', async () => {
    const { code, chain } = await prove();
    expect(code).toBe(0);
    const [pod] = chain.pods;
    expect(pod?.pod).toBe('hproof-db-1');
    const passed = pod!.probes.map(({ family, direction, hops }) => ({
      family,
      direction,
      hops: hops.map((hop) => hop.function.replace('hproof-', '')),
    }));
    expect(passed).toEqual(
      (['ipv4', 'ipv6'] as const).flatMap((family) => [
        { family, direction: 'in', hops: functions },
        { family, direction: 'out', hops: functions.toReversed() },
      ]),
    );
    for (const { hops, took } of pod!.probes) {
      expect(hops.every(({ entered, left }) => entered && left)).toBe(true);
      expect(took).toBeGreaterThan(0);
    }
  });

  test('fails at the function that lets nothing through, and says which', async () => {
    await mute();
    const { code, chain } = await prove();
    expect(code).toBe(1);
    expect(chain.state).toBe('failed');
    expect(chain.reason).toContain('hproof-ids-1 did not let it through');
    await unmute();
    expect((await prove()).code).toBe(0);
  });

  test('is no longer so when a function falls silent, until it speaks again', async () => {
    expect(await listed()).toEqual(['proven', null]);
    await mute();
    await until('it is known to be broken', async () => (await listed())[0] === 'failed');
    await until('it is said where', async () =>
      ((await listed())[1] ?? '').includes('hproof-ids-1 did not let it through'),
    );
    expect(host.nodeLog()).toContain('a chain is broken');
    await unmute();
    await until('it is proven again', async () => (await listed())[0] === 'proven');
  });

  test('reaches nobody: neither end hears of a probe', async () => {
    const heard = async () => {
      const text = await Promise.all(
        ['web-1', 'db-1'].map((pod) => within(pod, 'nstat', '-asz', 'TcpPassiveOpens', 'TcpInSegs')),
      );
      return text;
    };
    const before = await heard();
    await prove();
    expect(await heard()).toEqual(before);
  });

  test('comes with every change of it', async () => {
    const before = (await prove()).chain.at;
    write('tap, ids');
    await host.ok('up', ...project);
    // Nobody asks for one but `up`.
    const chain = JSON.parse(
      await host.ok('chain', 'show', 'front', '--format', 'json', ...project),
    ) as ChainStatus;
    expect(chain.state).toBe('proven');
    expect(chain.at! > before!).toBe(true);
    expect(chain.pods[0]!.probes[0]!.hops.map((hop) => hop.function)).toEqual([
      'hproof-db-1.tap',
      'hproof-ids-1',
    ]);
  });

  test('is missing where a firewall lets in nobody, and `up` says so', async () => {
    write('{ firewall: { ingress: [{ ports: ["81/tcp"], from: [web] }] } }');
    const { code, stderr } = await host.heddle('up', ...project);
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_CHAIN_UNPROVEN');
    expect(stderr).toContain('hproof-db-1.front.firewall did not let it through');
    write();
    await host.ok('up', ...project);
    await until('it is proven', async () => (await prove()).chain.state === 'proven');
  });
});
