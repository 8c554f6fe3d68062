import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NodeClient } from '../../../src/api/client.ts';
import type { NodeHealth } from '../../../src/api/messages.ts';
import { Authority } from '../../../src/edge/ca/authority.ts';
import { writeCredentials } from '../../../src/edge/ca/credentials.ts';
import type { Network } from '../../../src/networks/standard/network.ts';
import { answered, makeNamespace, pinging, removeNamespaces } from '../../support/endpoints.ts';
import { TestHost } from '../../support/host.ts';
import { installedCommand } from '../../support/installed.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { compileProgram, mutingProgram } from '../../support/own-program.ts';
import { run } from '../../support/run.ts';
import { until } from '../../support/until.ts';

// A node by its settings: `ip` and `sdn` in processes of their own, above `linux` in the node's.
const host = new TestHost();
const uplink = 'up0';
const config = path.join(host.folder, 'node.yaml');
const programFolder = path.join(host.folder, 'programs');
const damaged = path.join(host.stateDir, 'networks-sdn.db');
const remote = '127.0.0.1:13650';
const of = (...names: readonly string[]) => path.join(host.folder, ...names);
const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
let ovs: Ovs;
let before: readonly string[];

/** What networks may change on a machine. */
function machine(): readonly string[] {
  const links = JSON.parse(ip('-j', '-d', 'address', 'show')) as readonly Record<string, unknown>[];
  // Open vSwitch has one of its own while it has any bridge, and for a moment after.
  const others = links.filter(({ ifname }) => ifname !== 'ovs-netdev');
  const said = others.map(({ ifname, flags, mtu, master, promiscuity, addr_info }) =>
    JSON.stringify({ ifname, flags, mtu, master, promiscuity, addr_info }),
  );
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { encoding: 'utf8' });
  return [
    ...said,
    run('tc', 'qdisc', 'show'),
    rulesOfOthers(run('nft', 'list', 'tables')),
    run('mount', '-t', 'bpf'),
    programs(),
  ];
}

/** Without those of networks, which another test may have left, empty; what is removed takes them along. */
function rulesOfOthers(tables: string): string {
  const names = tables.split('\n').filter((name) => !name.includes(' heddle_'));
  return names
    .filter(Boolean)
    .map((name) => execFileSync('nft', ['list', ...name.split(' ')], { encoding: 'utf8' }))
    .join('\n');
}

/** Name servers that run. */
function programs(): string {
  const args = ['-e', '-o', 'args='];
  const all = execFileSync('ps', args, { encoding: 'utf8' }).split('\n');
  return all.filter((one) => one.startsWith('dnsmasq')).join('\n');
}

function childrenOf(pid: number): readonly { readonly pid: string; readonly args: string }[] {
  const listed = execFileSync('ps', ['--ppid', `${pid}`, '-o', 'pid=,args='], { encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((line) => {
      const [number = '', ...args] = line.trim().split(/\s+/);
      return { pid: number, args: args.join(' ') };
    });
}

function addressOf(namespace: string): string {
  return /(\S+)\/24/.exec(ip('-n', namespace, '-br', '-4', 'address', 'show', 'eth0'))?.[1] ?? '';
}

const nodeStatus = () => new NodeClient(path.join(host.runDir, 'node.sock')).nodeStatus();
const service = async (name: string) => (await nodeStatus()).services.find((one) => one.name === name);

beforeAll(async () => {
  ovs = await startOvs();
  ip('link', 'add', uplink, 'type', 'veth', 'peer', 'name', 'wire0');
  for (const state of [['addrgenmode', 'none'], ['up']]) {
    for (const end of [uplink, 'wire0']) ip('link', 'set', end, ...state);
  }
  execFileSync('mkdir', ['-p', host.stateDir, programFolder]);
  compileProgram(programFolder, 'mute', mutingProgram);
  const authority = await Authority.create(of('ca'));
  writeCredentials(of('api'), await authority.issue('api:node1', ['127.0.0.1'], 30));
  writeCredentials(of('ann'), await authority.issue('operator:ann', [], 30));
  const other = await Authority.create(of('other-ca'));
  writeCredentials(of('stranger'), await other.issue('operator:ann', [], 30));
  for (const name of ['a', 'b']) makeNamespace(name);
  before = machine();
});
afterAll(async () => {
  await host.remove();
  await ovs.stop();
  removeNamespaces();
  ip('link', 'del', uplink);
});

test('settings that cannot be are said with their place, and nothing starts', async () => {
  writeFileSync(config, 'name: node1\nedge: { uplink: up0, magic: true }\n');
  const { code, stderr } = await host.heddle('node', 'start', '--config', config);
  expect(code).toBe(1);
  expect(stderr).toContain(`${config}:2:29: error ERR_NODE_SETTINGS: edge has the key "magic"`);
});

test('services start in the order of their needs; one that cannot is failed, and says why', async () => {
  writeFileSync(
    config,
    `name: node1\nengine: none\nedge: { uplink: ${uplink}, programs: ${programFolder} }\napi: { listen: "${remote}", cert: ${of('api', 'cert.pem')}, key: ${of('api', 'key.pem')}, ca: ${of('api', 'ca.crt')} }\nservices: { ip: { process: own }, sdn: { process: own } }\n`,
  );
  writeFileSync(damaged, 'this is no database, and never was one\n'.repeat(200));
  host.start('node', 'start', '--config', config);
  await until('each service is ready or failed', async () =>
    (await nodeStatus()).services.every(({ phase }) => phase !== 'starting'),
  );
  const said = await host.heddle('node', 'status', '--format', 'json');
  const { services, edge } = JSON.parse(said.stdout) as NodeHealth;
  const shown = services.map(({ name, process, phase }) => `${name} ${process} ${phase}`);
  expect(shown.slice(0, 6)).toEqual([
    'linux shared ready',
    'ip own ready',
    'overlay shared ready',
    'routed shared ready',
    'mesh shared ready',
    'sdn own failed',
  ]);
  expect(services[5]?.reason).toContain(damaged);
  expect(edge).toMatchObject({ driver: 'ebpf', uplink, up: true, joined: [] });
  const { code, stdout } = await host.heddle('node', 'status');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^sdn +own +failed /m);
});

test('it is started as soon as it can be', async () => {
  for (const end of ['', '-wal', '-shm']) rmSync(`${damaged}${end}`, { force: true });
  await until('it is ready', async () => (await service('sdn'))?.phase === 'ready');
  expect((await service('sdn'))?.restarts).toBeGreaterThan(0);
  expect((await host.heddle('node', 'status')).code).toBe(0);
});

test('an operator asks from another host with a certificate of the authority, and nobody else does', async () => {
  const asked = (folder: string, ...args: readonly string[]) =>
    host.heddle('net', ...args, '--host', `https://${remote}`, '--tls', of(folder));
  expect(await asked('ann', 'create', 'far', '--archetype', 'linux')).toMatchObject({ code: 0, stderr: '' });
  expect((await asked('ann', 'create', 'odd', '--archetype', 'ipx')).stderr).toMatch(
    /^error ERR_ARCHETYPE_UNKNOWN.*"ipx".*linux, ip,/,
  );
  expect((await host.ok('net', 'ls')).split('\n')[1]).toMatch(/^far /);
  expect((await asked('ann', 'rm', 'far')).stdout).toBe('far\n');
  // Who believes another authority, and of whom this one never heard.
  writeFileSync(of('stranger', 'ca.crt'), readFileSync(of('ann', 'ca.crt')));
  const { code, stderr } = await asked('stranger', 'ls');
  expect([code, stderr]).toEqual([1, expect.stringContaining('ERR_NODE_TLS')]);
  const nameless = ['-s', '--cacert', of('ann', 'ca.crt'), `https://${remote}/v1/networks`];
  expect(await run('curl', nameless)).toMatchObject({ code: 56, stdout: '' });
  const { api } = await nodeStatus();
  expect(api).toMatchObject({ listen: remote, listening: true, reason: null });
  expect((await host.heddle('node', 'status')).stdout).toMatch(
    new RegExp(`^api: +https://${remote}, certificate until ${api?.expires?.slice(0, 10)}$`, 'm'),
  );
});

test('a service that is killed comes back, and neither others nor traffic wait for it', async () => {
  await host.ok('net', 'create', 'lab', '--vlan', '12');
  await host.ok('net', 'create', 'flat', '--archetype', 'sdn', '--vlan', '13');
  for (const name of ['a', 'b']) await host.ok('endpoint', 'create', 'lab', name, '--namespace', name);
  const going = pinging('a', addressOf('b'));
  await until('it is answered', () => going.answers > 20);
  const { pid, since } = (await service('ip')) ?? {};
  process.kill(pid ?? Number.NaN, 'SIGKILL');
  await host.ok('net', 'create', 'plain', '--archetype', 'linux');
  await until('it is back', async () => {
    const found = await service('ip');
    return found?.phase === 'ready' && found.since !== since && found.troubled === 0;
  });
  expect(await service('ip')).toMatchObject({ restarts: 1, networks: 3, troubled: 0 });
  expect((await going.stop()).lost).toBe(0);
  const logs = await host.ok('node', 'logs', '--tail', '50');
  expect(logs).toMatch(/ERROR ip: the service is started again: it ended by SIGKILL/);
  expect(await host.ok('node', 'logs', 'ip')).toMatch(/ip: the networking service is ready/);
});

test('a network becomes another archetype’s though services run by themselves, and traffic goes on', async () => {
  for (const to of ['sdn', 'ip']) {
    const going = pinging('a', addressOf('b'));
    await until('it is answered', () => going.answers > 20);
    expect(await host.ok('net', 'switch', 'lab', '--to', to)).toBe('lab\n');
    const before = going.answers;
    await until('it is answered still', () => going.answers > before + 20);
    const { lost } = await going.stop();
    console.log(`to ${to}: ${lost * 10} ms without packets`);
    const [shown] = JSON.parse(await host.ok('net', 'inspect', 'lab')) as [Network];
    expect(shown).toMatchObject({ archetype: to, vlan: 12, status: { phase: 'ready' } });
    expect((await nodeStatus()).services.every(({ phase }) => phase === 'ready')).toBe(true);
  }
  // Nobody is there to be asked.
  const unasked = await host.heddle('net', 'switch', 'lab', '--to', 'linux');
  expect([unasked.code, unasked.stderr]).toEqual([1, expect.stringContaining('--yes')]);
});

test('a network passes a program of its own, by its name, until it is to pass none', async () => {
  const shown = async () => (JSON.parse(await host.ok('net', 'inspect', 'lab')) as [Network])[0];
  const { code, stderr } = await host.heddle('net', 'update', 'lab', '--program', 'absent');
  expect(code).not.toBe(0);
  expect(stderr).toMatch(
    /ERR_NETWORK_PROGRAM: network .*lab: program absent \(.*\/absent\.o\) cannot be read/,
  );
  await host.ok('net', 'update', 'lab', '--program', 'mute');
  expect(await shown()).toMatchObject({
    program: 'mute',
    status: { phase: 'ready', program: { name: 'mute' } },
  });
  // Who is on the network asks for somebody who is not there, on every host.
  await answered('a', addressOf('b').replace(/\d+$/, '77'), 1, 0.2);
  const [{ links }] = JSON.parse(await host.ok('net', 'stats', 'lab', '--format', 'json'));
  const { sent, received } = links.find(({ kind }: { kind: string }) => kind === 'edge');
  expect(sent.filtered + received.filtered).toBeGreaterThan(0);
  await host.ok('net', 'update', 'lab', '--no-program');
  expect((await shown()).status).not.toHaveProperty('program');
});

test('status shows which networks are joined, and logs can be followed', async () => {
  const { stdout } = await host.heddle('node', 'status');
  expect(stdout).toMatch(/^12 +lab /m);
  expect(stdout).toMatch(/^13 +flat /m);
  const following = host.start('node', 'logs', 'ip', '--follow');
  const times = () => following.printed().split('it ended by').length - 1;
  await until('what there is, is printed', () => times() === 1);
  const { pid } = (await service('ip')) ?? {};
  process.kill(pid ?? Number.NaN, 'SIGKILL');
  await until('it is told', () => times() === 2);
  await until('it is back', async () => (await service('ip'))?.phase === 'ready');
  await following.end();
  const { code, stderr } = await host.heddle('node', 'logs', 'ipx');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error ERR_SERVICE_UNKNOWN.*\n.*"ip"/)]);
});

test('a node that is killed takes its services along, and no traffic; they come back with it', async () => {
  const going = pinging('a', addressOf('b'));
  await until('it is answered', () => going.answers > 20);
  const { pid: own } = await nodeStatus();
  const children = childrenOf(own);
  expect(children.map(({ args }) => args)).toContain('ip -o monitor link');
  process.kill(own, 'SIGKILL');
  await until('they end', () => children.every(({ pid }) => !existsSync(`/proc/${pid}`)));
  host.start('node', 'start', '--config', config);
  await until('all are back', async () =>
    (await nodeStatus()).services.every(({ phase, troubled }) => phase === 'ready' && troubled === 0),
  );
  expect((await going.stop()).lost).toBe(0);
});

test('the node stops, and traffic goes on', async () => {
  const { pid } = (await service('ip')) ?? {};
  await host.ok('node', 'down');
  expect(() => process.kill(pid ?? Number.NaN, 0)).toThrow();
  expect(await answered('a', addressOf('b'))).toBe(3);
});

test('another driver of the edge carries them, and nothing is left of the one before', async () => {
  writeFileSync(config, `name: node1\nengine: none\nedge: { driver: ovs, uplink: ${uplink} }\n`);
  host.start('node', 'start', '--config', config);
  await until('it carries both', async () =>
    /hs12\nhs13\n/.test(await ovs.ask('ovs-vsctl', 'list-ports', 'hnve')),
  );
  await until('they are joined', async () => (await nodeStatus()).edge?.joined.length === 2);
  expect((await nodeStatus()).edge).toMatchObject({ driver: 'ovs' });
  await until('the one before is gone', () => !machine().join('\n').includes('clsact'));
  expect(await answered('a', addressOf('b'))).toBe(3);
  const { stderr } = await host.heddle('net', 'update', 'lab', '--program', 'mute');
  expect(stderr).toContain('ERR_NETWORK_PROGRAM: network lab: program: the edge’s driver ovs');
  await host.ok('node', 'down');
});

const bridges = async () => (await ovs.ask('ovs-vsctl', 'list-br')).split('\n').filter(Boolean);

test('purged while Open vSwitch is away, the machine is as it was but for its database, which is said', async () => {
  const there = await bridges();
  await ovs.halt();
  const purge = ['-c', 'echo y | "$0" node down --purge --config "$1"', installedCommand, config];
  const { code, stderr } = await host.run('sh', purge);
  expect([code, stderr]).toEqual([1, expect.stringContaining('ERR_NETWORK_OWED')]);
  for (const bridge of there) expect(stderr).toContain(`bridge ${bridge} of Open vSwitch`);
  expect(machine()).toEqual(before);
  expect(execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })).not.toContain('heddle_');
  expect(ip('-n', 'a', '-br', 'link', 'show')).not.toContain('eth0');
  await ovs.resume();
  expect(await bridges()).toEqual(there);
});

test('purged again when that is back, nothing is left', async () => {
  expect(await host.ok('node', 'down', '--purge', '--force', '--config', config)).toBe('');
  expect(machine()).toEqual(before);
  expect(await bridges()).toEqual([]);
});
