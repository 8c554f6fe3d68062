import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { SeenFlows } from '../../support/seen-flows.ts';
import { Ticking } from '../../support/ticking.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

/** Lets nothing through: the bridges between its ends are down. */
const mute = `sh -c 'while sleep 0.05; do for way in /sys/class/net/w-*; do ip link set $$(basename $$way) down; done; done'`;
const file = (version: number, command = 'sleep infinity', upgrade = 'cat > /tmp/upgrade.json') => `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, init: true, networks: [lab], command: busybox httpd -f -p 80 -h /www }
  fw:
    ${tiny.replace(', build:', '\n    build:')}
    init: true
    network_mode: none
    cap_add: [NET_ADMIN]
    stop_grace_period: 1s
    environment: { VERSION: "${version}" }
    command: ${command}
    deploy: { update_config: { order: start-first } }
    x-heddle:
      function: { mode: wire, drain: 5m, hooks: { upgrade: [sh, -c, "${upgrade}"] } }
networks:
  lab: { ipam: { config: [{ subnet: 10.93.12.0/24 }] } }
x-heddle:
  chains: [{ name: front, from: web, to: db, through: [fw] }]
`;

describe('a new version of a function', () => {
  const host = new TestHost();
  let project = host.project('hupgr', file(1));
  const write = (...of: Parameters<typeof file>) => {
    project = host.project('hupgr', file(...of));
  };
  const pods = new PodmanPods(host, 'hupgr');
  const exec = (service: string, ...command: string[]) => pods.exec(service, ...command);
  const seen = new SeenFlows(host, 'hupgr');
  const db = () => pods.address('db');
  const versions = () =>
    host
      .podman('ps', '-a', '--format', '{{.Names}}')
      .split('\n')
      .filter((name) => name.startsWith('hupgr-fw-') && !name.endsWith('.sandbox'))
      .map((name) => name.replace('hupgr-', ''));
  const state = async () => {
    const [chain] = JSON.parse(await host.ok('chain', 'ls', '--format', 'json', ...project)) as ChainStatus[];
    return chain!.state;
  };

  const count = async (path: string) =>
    Number((await exec('web', 'sh', '-c', `cat ${path} 2>/dev/null | wc -l`)).stdout);
  /** One connection after another, from before something is done until after it: none may fail. */
  const underLoad = async (work: () => Promise<unknown>) => {
    const once = `if nc -z -w 5 ${db()} 80; then echo >> /tmp/opened; else echo >> /tmp/failed; fi; sleep 0.005`;
    await exec('web', 'sh', '-c', 'rm -f /tmp/opened /tmp/failed /tmp/stop');
    const many = `for one in 1 2 3; do (while [ ! -e /tmp/stop ]; do ${once}; done) & done; wait; touch /tmp/stopped`;
    host.podman('exec', '-d', 'hupgr-web-1', 'sh', '-c', `rm -f /tmp/stopped; ${many}`);
    await until('there are connections', async () => (await count('/tmp/opened')) > 20);
    await work();
    await exec('web', 'touch', '/tmp/stop');
    await until(
      'the last has ended',
      async () => (await exec('web', 'test', '-e', '/tmp/stopped')).code === 0,
    );
    expect(await count('/tmp/failed')).toBe(0);
    return count('/tmp/opened');
  };
  const ticking = new Ticking(host, 'hupgr');
  const isGivenAll = (to: string, from: string) =>
    until(`new flows come to ${to} alone`, async () => {
      await seen.begin(from, to);
      await until('there are new flows', async () => (await seen.of(to)).flows.length > 10, 5000);
      return !(await seen.of(from)).flows.some((flow) => flow.includes(':80'));
    });

  beforeAll(() => host.ok('up', ...project));
  afterAll(() => host.remove());

  test('takes new flows once it is proven, and what is open ends where it began: none is lost', async () => {
    await ticking.open(90);
    const opened = await underLoad(async () => {
      write(2);
      let isDone = false;
      const done = host.ok('up', ...project).then(() => {
        isDone = true;
      });
      await until('it is there', () => versions().includes('fw-1.2'));
      await isGivenAll('fw-1.2', 'fw-1');
      await ticking.goesOn(90);
      expect((await seen.of('fw-1')).flows.some((flow) => flow.includes(':90'))).toBe(true);
      const told = JSON.parse(host.podman('exec', 'hupgr-fw-1.2', 'cat', '/tmp/upgrade.json'));
      expect(told).toMatchObject({ hook: 'upgrade', from: ['hupgr-fw-1'], to: ['hupgr-fw-1.2'] });
      expect(isDone).toBe(false);
      await ticking.close(90);
      await done;
    });
    expect(opened).toBeGreaterThan(300);
    expect(versions()).toEqual(['fw-1.2']);
    expect(await state()).toBe('proven');
  });

  test('that lets nothing through never takes a flow, and `up` says so; the old file leads back', async () => {
    await underLoad(async () => {
      write(3, mute);
      const { code, stderr } = await host.heddle('up', ...project);
      expect(code).toBe(1);
      expect(stderr).toContain('ERR_CHAIN_UNPROVEN');
      expect(stderr).toContain('hupgr-fw-1 did not let it through');
      expect(versions().sort()).toEqual(['fw-1', 'fw-1.2']);
      await seen.begin('fw-1.2');
      await until('flows come to the one before', async () => (await seen.of('fw-1.2')).flows.length > 10);
      write(2);
      await host.ok('up', ...project);
    });
    expect(versions()).toEqual(['fw-1.2']);
    expect(await state()).toBe('proven');
  });

  test('that does not take over never takes a flow, whoever looks at it', async () => {
    await underLoad(async () => {
      write(4, 'sleep infinity', 'cat > /dev/null; echo no room >&2; exit 7');
      const { code, stderr } = await host.heddle('up', ...project);
      expect(code).toBe(1);
      expect(stderr).toContain('ERR_FUNCTION_HOOK');
      expect(stderr).toContain('no room');
      await seen.begin('fw-1', 'fw-1.2');
      await host.killNode();
      await host.ok('ls');
      await until('flows come to the one before', async () => (await seen.of('fw-1.2')).flows.length > 10);
      expect((await seen.of('fw-1')).flows).toEqual([]);
      write(2);
      await host.ok('up', ...project);
    });
    expect(versions()).toEqual(['fw-1.2']);
    expect(await state()).toBe('proven');
  });

  test('comes, or not, when the node is killed meanwhile: nothing is lost, and the next `up` ends it', async () => {
    await underLoad(async () => {
      write(4);
      const going = host.heddle('up', ...project);
      await until('it is there', () => versions().includes('fw-1'));
      await host.killNode();
      await going;
      await host.ok('up', ...project);
    });
    expect(versions()).toEqual(['fw-1']);
    expect(await state()).toBe('proven');
  });

  test('that lets nothing through leaves all to the one before, and nothing passes when that ends', async () => {
    const reaches = async () => (await exec('web', 'nc', '-z', '-w', '1', db(), '80')).code === 0;
    write(5, mute);
    expect((await host.heddle('up', ...project)).code).toBe(1);
    expect(versions().sort()).toEqual(['fw-1', 'fw-1.2']);
    expect(await reaches()).toBe(true);
    host.podman('kill', '--signal', 'KILL', 'hupgr-fw-1');
    await until('nothing passes', async () => !(await reaches()));
    write(6);
    await host.ok('up', ...project);
    expect(versions()).toEqual(['fw-1.3']);
    expect(await reaches()).toBe(true);
    expect(await state()).toBe('proven');
  });

  test('leaves nothing', async () => {
    await host.ok('down', ...project);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('hupgr');
  });
});
