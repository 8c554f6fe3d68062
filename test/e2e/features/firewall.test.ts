import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FirewallReport } from '../../../src/features/firewall/contract.ts';
import { TestHost } from '../../support/host.ts';
import { opens } from '../../support/opens.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const guarded = `{ manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } }`;
const text = (rules: string) => `
services:
  web: { ${tiny}, init: true, networks: [inside, outside], ports: ["127.0.0.1:18182:80"] }
  db: { ${tiny}, init: true, networks: [inside], command: sh -c "busybox httpd -p 81 -h /www; exec busybox httpd -f -p 80 -h /www", x-heddle: ${rules} }
  stranger: { ${tiny}, init: true, networks: [inside, outside], cap_add: [NET_ADMIN, NET_RAW] }
networks:
  inside: { enable_ipv6: true, ipam: { config: [{ subnet: 10.93.1.0/24 }, { subnet: "fd93:1::/64" }] } }
  outside: {}
`;

describe('firewall', () => {
  const host = new TestHost();
  let project: string[];
  const exec = (service: string, ...command: string[]) =>
    host.run('podman', ['exec', `hfire-${service}-1`, ...command]);
  /** Whether a connection opens within a second. */
  const reaches = async (service: string, address: string, port: number) =>
    (await exec(service, 'nc', '-z', '-w', '1', address, String(port))).code === 0;
  const addressOf = (service: string, family: 'IPAddress' | 'GlobalIPv6Address') =>
    host.podman(
      'inspect',
      `hfire-${service}-1.sandbox`,
      '--format',
      `{{(index .NetworkSettings.Networks "hfire_inside").${family}}}`,
    );

  beforeAll(async () => {
    project = host.project('hfire', text(guarded));
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('lets in whom a rule names, at the port it names', async () => {
    expect(await reaches('web', 'db', 80)).toBe(true);
    expect(await reaches('web', 'db', 81)).toBe(false);
  });

  test('keeps everybody else out: another service, the host, over IPv4 and IPv6', async () => {
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const address = addressOf('db', family);
      expect(await reaches('web', address, 80)).toBe(true);
      expect(await reaches('stranger', address, 80)).toBe(false);
      expect(await opens(address, 80)).toBe(false);
    }
  });

  test('counts by rule and logs denials with the names of the services', async () => {
    await reaches('stranger', 'db', 80);
    const seen = () => host.json<FirewallReport['counters']>('firewall', 'db', ...project);
    const counters = await seen();
    const accepted = counters.find((counter) => counter.rule === '80/tcp from web');
    expect(accepted?.packets).toBeGreaterThan(0);
    expect(
      counters.find((counter) => counter.rule === 'denied' && counter.direction === 'ingress')?.packets,
    ).toBeGreaterThan(0);
    await until('the denial is shown', async () => {
      const denied = await host.json<FirewallReport['denied']>('firewall', '--denied', ...project);
      return denied.some((denial) => denial.source.service === 'stranger' && denial.destination.port === 80);
    });
  });

  describe('cannot be walked around', () => {
    /** Whether a connection to db opens for the stranger while it has taken an address. */
    const reachesAs = async (taken: string) => {
      const change = async (verb: 'add' | 'del') => {
        const changed = await exec('stranger', 'ip', 'address', verb, `${taken}/24`, 'dev', 'eth0');
        expect(changed).toMatchObject({ code: 0 });
      };
      await change('add');
      await exec('stranger', 'ping', '-c', '1', '-W', '1', '-I', taken, 'db');
      const db = addressOf('db', 'IPAddress');
      const { code } = await exec('stranger', 'nc', '-z', '-w', '2', '-s', taken, db, '80');
      await change('del');
      return code === 0;
    };

    test('by taking the address of a service that is let in', async () => {
      expect(await reachesAs(addressOf('web', 'IPAddress'))).toBe(false);
    });

    test('by taking its address while it is stopped', async () => {
      const web = addressOf('web', 'IPAddress');
      await host.ok('stop', ...project, 'web');
      const withdrawn = () =>
        !host.podman('exec', 'hfire-db-1.firewall.guard', 'nft', 'list', 'ruleset').includes(web);
      await until('nobody is let in from its address', withdrawn);
      expect(await reachesAs(web)).toBe(false);
      await host.ok('start', ...project, 'web');
      await until('it is let in again', () => reaches('web', 'db', 80));
    });

    test('while the firewall’s process is down, nor while it comes back', async () => {
      const back = host.killContainer('hfire-db-1.firewall.guard');
      expect(await reaches('stranger', 'db', 80)).toBe(false);
      expect(await reaches('web', 'db', 80)).toBe(true);
      await back;
      expect(await reaches('stranger', 'db', 80)).toBe(false);
    });

    test('after a restart of the service', async () => {
      await host.restartContainer('hfire-db-1', 1);
      await until('it answers again', () => reaches('web', 'db', 80));
      expect(await reaches('stranger', 'db', 80)).toBe(false);
    });

    test('after its sandbox was killed and brought back', async () => {
      await host.killContainer('hfire-db-1.sandbox');
      await until('it answers again', () => reaches('web', 'db', 80));
      expect(await reaches('stranger', 'db', 80)).toBe(false);
      // No port is left of the wire before: the network's bridge may remember db there, whose address is the same.
      const { stdout } = await host.run('ip', [
        '-n',
        'heddle-hfire-db-1.firewall',
        '-o',
        'link',
        'show',
        'type',
        'bridge',
      ]);
      expect(stdout.trim().split('\n')).toHaveLength(1);
    });

    test.each([
      ['the firewall’s', ['ip', 'netns', 'exec', 'heddle-hfire-db-1.firewall', 'nft', 'flush', 'ruleset']],
      ['the host’s', ['nft', 'delete', 'table', 'bridge', 'heddle-hfire']],
    ])(
      'for longer than to the next look when somebody removes %s rules',
      async (_whose, [program = '', ...args]) => {
        expect((await host.run(program, args)).code).toBe(0);
        await until('all is as it was', async () =>
          (await host.heddle('plan', ...project)).stdout.includes('as its file says'),
        );
        expect((await host.run(program, args)).code).toBe(0);
        await host.ok('up', ...project);
        expect(await reaches('web', 'db', 80)).toBe(true);
        expect(await reaches('stranger', 'db', 80)).toBe(false);
      },
    );

    test('after the firewall’s own sandbox was killed', async () => {
      host.podman('kill', 'hfire-db-1.firewall.sandbox');
      expect(await reaches('stranger', 'db', 80)).toBe(false);
      await until('all is as it was', async () =>
        (await host.heddle('plan', ...project)).stdout.includes('as its file says'),
      );
      expect(await reaches('web', 'db', 80)).toBe(true);
      expect(await reaches('stranger', 'db', 80)).toBe(false);
    });
  });

  test('a scaled service is let in with all its replicas', async () => {
    const scaled = text(guarded).replace('ports: ["127.0.0.1:18182:80"]', 'scale: 2');
    host.project('hfire', scaled);
    await host.ok('up', ...project);
    const second = await host.run('podman', ['exec', 'hfire-web-2', 'nc', '-z', '-w', '1', 'db', '80']);
    expect(second.code).toBe(0);
  });

  test('down leaves nothing behind', async () => {
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('hfire')).toEqual([]);
  });
});

describe('a firewall that comes and goes', () => {
  const host = new TestHost();
  const open = text('{ manage: {} }');
  afterAll(() => host.remove());

  test('leaves the service’s process and its open connections alone', async () => {
    const project = host.project('hlive', open);
    await host.ok('up', ...project);
    const pid = () => host.podman('inspect', 'hlive-db-1', '--format', '{{.State.Pid}}');
    const before = pid();
    // A connection that says something every tenth of a second, for as long as both ends are there.
    host.podman('exec', '-d', 'hlive-db-1', 'sh', '-c', 'while sleep 0.1; do echo tick; done | nc -l -p 90');
    host.podman('exec', '-d', 'hlive-web-1', 'sh', '-c', 'until nc db 90; do sleep 0.1; done > /tmp/ticks');
    const ticks = async () =>
      Number(
        (await host.run('podman', ['exec', 'hlive-web-1', 'wc', '-l', '/tmp/ticks'])).stdout.split(' ')[0],
      );
    await until('the connection is open', async () => (await ticks()) > 2);

    host.project('hlive', text(guarded));
    await host.ok('up', ...project);
    expect(pid()).toBe(before);
    const inserted = await ticks();
    await until('the connection goes on through the wire', async () => (await ticks()) > inserted + 5);
    const denied = await host.run('podman', ['exec', 'hlive-stranger-1', 'nc', '-z', '-w', '1', 'db', '80']);
    expect(denied.code).not.toBe(0);

    host.project('hlive', open);
    await host.ok('up', ...project);
    expect(pid()).toBe(before);
    const removed = await ticks();
    await until('the connection goes on without it', async () => (await ticks()) > removed + 5);
    const open_ = await host.run('podman', ['exec', 'hlive-stranger-1', 'nc', '-z', '-w', '1', 'db', '80']);
    expect(open_.code).toBe(0);
  });
});
