import { type ChildProcess, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import {
  answered,
  answeredOnceOne,
  makeNamespace,
  pinging,
  reaches,
  removeNamespaces,
} from '../../support/endpoints.ts';
import { full } from '../../support/full.ts';
import { InPath } from '../../support/in-path.ts';
import { KillingPath } from '../../support/killing-path.ts';
import { Networks } from '../../support/networks.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** More commands than a switch takes. */
const most = 100;

let ovs: Ovs;
let networks: Networks;
let folder: string;
/** In the path of `d`. */
let led: InPath;
const processes: Pick<ChildProcess, 'kill'>[] = [];
const addresses: Record<string, string> = {};

async function join(name: string, options: Record<string, unknown> = {}) {
  const attachment = { kind: 'namespace', path: makeNamespace(name), interface: 'eth0' } as const;
  const { status } = await networks.tell({
    endpoint: { name, attachment, options },
    of: 'lab',
    archetype: 'ip',
  });
  addresses[name] = addressOf({ status });
}

/** Without its length, of the first: `10.160.0.2`. */
function addressOf({ status }: { readonly status?: Endpoint['status'] | undefined }): string {
  const [first = ''] = (status?.observed['addresses'] ?? []) as readonly string[];
  return first.split('/')[0] ?? '';
}

beforeAll(async () => {
  ovs = await startOvs();
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-switch-'));
  chmodSync(folder, 0o755);
  networks = new Networks(folder);
  await networks.start();
  await networks.tell({ network: { name: 'lab', archetype: 'ip', labels: { who: 'us' } } });
  for (const name of ['a', 'c']) await join(name);
  await join('b', { aliases: ['www'], ports: [{ port: 80, published: 18080 }] });
  processes.push(await echoing('/run/netns/b', 80));
  await join('d', { led: true });
  // Nothing passes before somebody leads it.
  expect(await answered('d', addresses['b']!, 1)).toBe(0);
  led = await InPath.before('d');
});

afterAll(async () => {
  for (const process of processes) process.kill('SIGKILL');
  led?.end();
  await networks.kill();
  await ovs.stop();
  removeNamespaces();
  rmSync(folder, { recursive: true });
});

/** Which address the name server of the network gives `a` for a name. */
function asked(name: string): string {
  const gateway = /via (\S+)/.exec(ip('-n', 'a', 'route', 'show', 'default'))?.[1] ?? '';
  const command = ['kdig', '+short', '+time=5', `@${gateway}`, name];
  return execFileSync('nsenter', ['--net=/run/netns/a', '--', ...command], { encoding: 'utf8' }).trim();
}

/** That `d` reaches the others, and is reached, and all of that passes what is in its path. */
async function expectLed(when = ''): Promise<void> {
  await until(`it reaches b ${when}`, async () => (await answered('d', addresses['b']!, 1)) === 1);
  const before = led.passed;
  expect(await answered('d', addresses['b']!), when).toBe(3);
  expect(led.passed - before, when).toBeGreaterThanOrEqual(6);
  expect(await led.isWhole(), when).toBe(true);
}

/** Which interface it is: its index, its name, and that of its other end. */
const inside = (name: string) => ip('-n', name, '-o', 'link', 'show', 'eth0').split(' <')[0];

test('an open connection goes on, from ip to sdn and back, and to overlay and back, with names, addresses and published ports', async () => {
  const links = ['a', 'b', 'c'].map(inside);
  const within = await streaming('/run/netns/a', addresses['b']!, 80);
  const published = await streaming(undefined, '127.0.0.1', 18080);
  const throughFunction = await streaming('/run/netns/d', addresses['b']!, 80);
  processes.push(within, published, throughFunction);
  for (const to of ['sdn', 'ip', 'overlay', 'ip']) {
    const ping = pinging('c', addresses['b']!);
    await until('it is answered', () => ping.answers > 20);
    await within.report();
    await published.report();
    const began = performance.now();
    const { network, lost } = await networks.tell({ switch: 'lab', wish: { archetype: to } });
    const took = Math.round(performance.now() - began);
    const before = ping.answers;
    await until('it is answered by the way', () => ping.answers > before + 20);
    const packets = await ping.stop();
    const [stream, host] = await Promise.all([within.goesOn(), published.goesOn()]);
    console.log(
      `to ${to} in ${took} ms: ${packets.lost * 10} ms without packets; TCP waited ${stream.longest} ms, at the published port ${host.longest} ms`,
    );
    expect(network).toMatchObject({ name: 'lab', archetype: to, labels: { who: 'us' } });
    expect(lost).toEqual([]);
    await throughFunction.goesOn();
    await expectLed(to);
    expect(['a', 'b', 'c'].map(inside)).toEqual(links);
    expect(asked('www')).toBe(addresses['b']);
    expect(await answeredOnceOne('c', addresses['a']!)).toBe(3);
  }
});

test('without Open vSwitch nothing becomes of it, and nothing is lost', async () => {
  const stream = await streaming('/run/netns/a', addresses['b']!, 80);
  processes.push(stream);
  await ovs.stop();
  await expect(networks.tell({ switch: 'lab', wish: { archetype: 'sdn' } })).rejects.toThrow('ERR_OVS');
  expect(await networks.tell({ show: 'lab' })).toMatchObject({ archetype: 'ip', status: { phase: 'ready' } });
  expect(await answered('c', addresses['b']!)).toBe(3);
  expect((await stream.goesOn()).answers).toBeGreaterThan(20);
  // What leads it is not kept from it by the port of another, of which only Open vSwitch could say where it is.
  ip('link', 'add', 'hp0123456789ab', 'type', 'bridge');
  for (const verb of ['remove', 'insert'] as const) await led.put(verb);
  await expectLed('without Open vSwitch');
  ip('link', 'del', 'hp0123456789ab');
  ovs = await startOvs();
});

test('killed at any command, it ends as the one or the other, and whole', async () => {
  const stream = await streaming('/run/netns/a', addresses['b']!, 80);
  processes.push(stream);
  let killed = 0;
  using killing = new KillingPath();
  await networks.kill();
  await networks.start(killing.environment);
  for (let command = 6; command < most; command += full ? 2 : 17) {
    const when = command % 4 < 2 ? 'before' : 'after';
    const { archetype } = await networks.tell({ show: 'lab' });
    const to = archetype === 'ip' ? 'sdn' : 'ip';
    killing.arm(command, when);
    const done = await networks.tell({ switch: 'lab', wish: { archetype: to } }).catch(() => undefined);
    killing.disarm();
    if (killing.hasKilled) {
      killed++;
      await networks.kill();
      await networks.start(killing.environment);
    } else expect(done?.network?.archetype).toBe(to);
    const what = `to ${to}, killed ${when} command ${command}`;
    const { status } = await networks.tell({ show: 'lab' });
    expect(status?.phase, what).toBe('ready');
    for (const name of ['a', 'b', 'c'])
      expect((await networks.tell({ show: name, of: 'lab' })).status?.phase, what).toBe('ready');
    expect(await answeredOnceOne('c', addresses['b']!), what).toBe(3);
    await expectLed(what);
    expect(asked('www'), what).toBe(addresses['b']);
  }
  expect(killed).toBeGreaterThan(2);
  expect((await stream.goesOn()).answers).toBeGreaterThan(20);
  const { archetype } = await networks.tell({ show: 'lab' });
  if (archetype !== 'ip') await networks.tell({ switch: 'lab', wish: { archetype: 'ip' } });
});

test('what leads it stands at the next attempt when one to put it there, to take it out, or to move it to where it was started anew, was killed at any command', async () => {
  await networks.tell({ switch: 'lab', wish: { archetype: 'sdn' } });
  let killed = 0;
  for (let command = 3; command < 20; command += full ? 1 : 8) {
    for (const verb of ['remove', 'insert', 'move'] as const) {
      if (verb === 'insert') await led.put('remove');
      if (verb === 'move') await led.start();
      using killing = new KillingPath();
      killing.arm(command, 'after');
      await led.put(verb === 'remove' ? 'remove' : 'insert', killing.environment).catch(() => {});
      if (killing.hasKilled) killed++;
      await networks.tell({ look: true });
      await led.put('insert');
      await expectLed(`${verb}, killed after command ${command}`);
    }
  }
  expect(killed).toBeGreaterThan(2);
  await networks.tell({ switch: 'lab', wish: { archetype: 'ip' } });
});

test('what is led is not switched to where nobody can lead it, and is itself again', async () => {
  const wish = { archetype: 'etarch', accept: true };
  await expect(networks.tell({ switch: 'lab', wish })).rejects.toThrow('endpoint d is led');
  await expectLed();
  await led.put('remove');
  const before = led.passed;
  expect(await answeredOnceOne('d', addresses['b']!)).toBe(3);
  expect(led.passed).toBe(before);
  await networks.tell({ remove: 'd', of: 'lab', archetype: 'ip' });
});

test('what is lost without IP is said beforehand, and interfaces stay; there and back again', async () => {
  const links = ['a', 'b', 'c'].map(inside);
  const wish = { archetype: 'etarch' };
  const { lost } = await networks.tell({ switch: 'lab', wish: { ...wish, dryRun: true } });
  expect(lost?.[0]).toEqual({ of: 'network lab', what: expect.stringContaining('IP') });
  expect(lost?.some(({ of, what }) => of === 'endpoint b' && what.includes('18080'))).toBe(true);
  await expect(networks.tell({ switch: 'lab', wish })).rejects.toThrow(/ERR_SWITCH_LOSES.*endpoint b/);
  expect(await answered('c', addresses['b']!)).toBe(3);
  await networks.tell({ switch: 'lab', wish: { ...wish, accept: true } });
  expect(['a', 'b', 'c'].map(inside)).toEqual(links);
  expect(ip('-n', 'a', 'address', 'show', 'eth0')).not.toContain('inet');
  expect(ip('-n', 'a', 'link', 'show', 'eth0')).toContain('NOARP');
  expect(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' })).not.toContain('elements');
  const back = { archetype: 'sdn' };
  await expect(networks.tell({ switch: 'lab', wish: back })).rejects.toThrow(/ERR_SWITCH_LOSES.*titles/);
  await networks.tell({ switch: 'lab', wish: { ...back, accept: true } });
  expect(['a', 'b', 'c'].map(inside)).toEqual(links);
  for (const name of ['a', 'b', 'c'])
    addresses[name] = addressOf(await networks.tell({ show: name, of: 'lab' }));
  await until('they reach each other', () => reaches('c', addresses['b']!));
  await networks.tell({ switch: 'lab', wish: { archetype: 'linux', accept: true } });
  expect(['a', 'b', 'c'].map(inside)).toEqual(links);
  expect((await ovs.ask('ovs-vsctl', 'list-br')).trim()).toBe('');
});

test('nothing is left of it', async () => {
  for (const name of ['a', 'b', 'c']) await networks.tell({ remove: name, of: 'lab', archetype: 'linux' });
  await networks.tell({ remove: 'lab', archetype: 'linux' });
  expect(ip('-br', 'link', 'show')).not.toMatch(/^h[bp]/m);
  expect(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' })).not.toMatch(/elements|port_/);
});
