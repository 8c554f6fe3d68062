import { type ChildProcess, execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Link } from '../../../src/networks/ip.ts';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import { TestHost } from '../../support/host.ts';
import { opens } from '../../support/opens.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = (archetype: string, rules: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab], stop_grace_period: 1s, x-heddle: { manage: { flows: true, snmp: true } } }
  db: { image: localhost/heddle-test/tiny, init: true, networks: [lab], stop_grace_period: 1s, ports: ["18081:80"]${rules} }
  stranger: { image: localhost/heddle-test/tiny, init: true, networks: [lab], stop_grace_period: 1s, cap_add: [NET_ADMIN, NET_RAW] }
networks:
  lab: { x-heddle: { archetype: ${archetype} } }
x-heddle: { manage: { latency: [{ from: web, to: db, every: 50ms }] } }
`;
const rules =
  ', x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp", "81/tcp"], from: [web] }] } } }';

const host = new TestHost();
const processes: Pick<ChildProcess, 'kill'>[] = [];
let ovs: Ovs;
let project: string[];

const write = (archetype: string, ofDb = rules) => {
  project = host.project('netman', file(archetype, ofDb));
};
const exec = (from: string, ...command: string[]) =>
  host.run('podman', ['exec', `netman-${from}-1`, ...command]);
const reaches = async (from: string, ...more: string[]) =>
  (await exec(from, 'nc', '-z', '-w', '1', ...more, 'db', '80')).code === 0;
const namespaceOf = (service: string) =>
  `/proc/${host.podman('inspect', '-f', '{{.State.Pid}}', `netman-${service}-1.sandbox`).trim()}/ns/net`;
const endpointOf = async (service: string) => {
  const all = await host.json<Endpoint[]>('endpoint', 'ls', 'netman_lab');
  const { mac, status } = all.find(({ name }) => name === `netman-${service}-1`)!;
  const [address = ''] = status.observed['addresses'] as string[];
  return { mac, address: address.split('/')[0]!, phase: status.phase };
};
const hostLinks = (): Link[] =>
  JSON.parse(execFileSync('ip', ['-j', '-d', 'link', 'show'], { encoding: 'utf8' }));

/** Packets from an address that come to db itself, behind all that stands in its path. */
function countedAtDb(address: string): () => number {
  const inside = (command: string[], input = '') =>
    execFileSync('nsenter', [`--net=${namespaceOf('db')}`, '--', ...command], { input, encoding: 'utf8' });
  const rule = `type filter hook prerouting priority -400; ip saddr ${address} counter name met`;
  inside(['nft', '-f', '-'], `table inet met {\ncounter met { }\nchain met {\n${rule}\n}\n}\n`);
  return () => Number(/packets (\d+)/.exec(inside(['nft', 'list', 'counter', 'inet', 'met', 'met']))?.[1]);
}

beforeAll(async () => {
  ovs = await startOvs();
  write('ip');
  await host.ok('up', ...project);
});
afterAll(async () => {
  for (const process of processes) process.kill('SIGKILL');
  await host.remove();
  await ovs.stop();
});

test('who asks for a port that it publishes itself may be answered through its own wire', () => {
  const ports = hostLinks().filter(({ ifalias }) => ifalias?.endsWith('.netman_lab/netman-db-1'));
  expect(ports.map(({ linkinfo }) => linkinfo?.info_slave_data?.hairpin)).toEqual([true]);
});

/** A firewall that a kill concerns lets nobody in who may not, at any time. */
async function standsAgainAfter(sandbox: string): Promise<void> {
  await host.killContainer(sandbox);
  expect(await reaches('stranger')).toBe(false);
  await until('it is reached', () => reaches('web'));
  expect(await reaches('stranger')).toBe(false);
}

/** What is the same on each. */
function firewallOn(archetype: string): void {
  test('lets in whom it names, and nobody else', async () => {
    await until('web reaches db', () => reaches('web'));
    expect(await reaches('stranger')).toBe(false);
    expect(await opens('127.0.0.1', 18081)).toBe(false);
  });

  test('is as it was declared, and its service is where its network has it', async () => {
    const all = await host.json<{ name: string; differences: string[] }[]>('inspect', ...project);
    expect(all.filter(({ differences }) => differences.length > 0)).toEqual([]);
    expect((await endpointOf('db')).phase).toBe('ready');
  });

  test('goes and comes live, and its service stays', async () => {
    const life = host.lifeOf('netman-db-1');
    write(archetype, '');
    await host.ok('up', ...project);
    await until('all reach db', () => reaches('stranger'));
    write(archetype);
    await host.ok('up', ...project);
    await until('web reaches db', () => reaches('web'));
    expect(await reaches('stranger')).toBe(false);
    expect(host.lifeOf('netman-db-1')).toBe(life);
  });

  test('stands again when its service’s sandbox was killed', () => standsAgainAfter('netman-db-1.sandbox'));
}

describe('a firewall on a network of ip', () => firewallOn('ip'));

test('a firewall is in the path while its network becomes one of sdn, again and again, and connections stay', async () => {
  await until('web reaches db', () => reaches('web'));
  const [db, stranger] = await Promise.all([endpointOf('db'), endpointOf('stranger')]);
  const came = countedAtDb(stranger.address);
  processes.push(await echoing(namespaceOf('db'), 81));
  const stream = await streaming(namespaceOf('web'), db.address, 81);
  processes.push(stream);
  const lives = ['web', 'db'].map((name) => host.lifeOf(`netman-${name}-1`));
  for (const to of ['sdn', 'ip', 'sdn']) {
    write(to);
    const steps = await host.json<{ id: string }[]>('plan', ...project);
    expect(steps.map(({ id }) => id)).toEqual(['switchNetwork netman_lab']);
    const asking = exec('stranger', 'ping', '-i', '0.01', '-q', '-w', '2', db.address);
    await host.ok('up', ...project);
    expect((await stream.report()).answers).toBeGreaterThan(0);
    expect(await host.json('plan', ...project)).toEqual([]);
    const { stdout } = await asking;
    expect(Number(/(\d+) packets transmitted, 0 received/.exec(stdout)?.[1])).toBeGreaterThan(20);
  }
  expect(came()).toBe(0);
  stream.kill();
  expect(lives).toEqual(['web', 'db'].map((name) => host.lifeOf(`netman-${name}-1`)));
});

describe('a firewall on a network of sdn', () => {
  firewallOn('sdn');

  test('lets nobody in who takes the address of one that it names, of the hardware too', async () => {
    const [web, stranger, db] = await Promise.all([
      endpointOf('web'),
      endpointOf('stranger'),
      endpointOf('db'),
    ]);
    const speaksAs = async (mac: string) => {
      await exec('stranger', 'ip', 'link', 'set', 'eth0', 'address', mac);
      await exec('stranger', 'ip', 'address', 'add', `${web.address}/24`, 'dev', 'eth0');
      await exec('stranger', 'ping', '-c', '1', '-W', '1', '-I', web.address, db.address);
      const { code } = await exec('stranger', 'nc', '-z', '-w', '1', '-s', web.address, db.address, '80');
      await exec('stranger', 'ip', 'address', 'del', `${web.address}/24`, 'dev', 'eth0');
      await exec('stranger', 'ip', 'link', 'set', 'eth0', 'address', stranger.mac);
      return code === 0;
    };
    for (const mac of [stranger.mac, web.mac]) expect(await speaksAs(mac)).toBe(false);
  });

  test('stands again when its own sandbox was killed', () =>
    standsAgainAfter('netman-db-1.firewall.sandbox'));

  test('stands when Open vSwitch was started again', async () => {
    await ovs.restart();
    await until('it is reached', () => reaches('web'));
    expect(await reaches('stranger')).toBe(false);
  });
});

test('delays, flows and counters are measured', async () => {
  // A command is asked now and then: it takes more than what it asks for.
  const soon = (what: string, condition: () => Promise<boolean>) => until(what, condition, undefined, 400);
  await soon('a delay is measured', async () => {
    const [record] = await host.json<{ packets: { received: number } }[]>('latency', 'web', 'db', ...project);
    return (record?.packets.received ?? 0) > 0;
  });
  await soon('a flow is seen', async () => {
    await reaches('web');
    return (await host.json<unknown[]>('flows', 'web', ...project)).length > 0;
  });
  expect((await host.json<unknown[]>('snmp', 'web', ...project)).length).toBeGreaterThan(0);
});

test('leaves nothing', async () => {
  await host.ok('down', '-v', ...project);
  expect(hostLinks().filter(({ ifname }) => /^h[bp]|^hdl/.test(ifname))).toEqual([]);
});
