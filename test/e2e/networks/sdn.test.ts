import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  answered,
  answeredOnceOne,
  makeNamespace,
  pinging,
  reaches,
  removeNamespaces,
} from '../../support/endpoints.ts';
import { Networks } from '../../support/networks.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

let ovs: Ovs;
let networks: Networks;
let folder: string;
let bridge: string;
let server: ChildProcess;
const addresses: Record<string, string> = {};
const macs: Record<string, string> = {};

const flows = () => ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'dump-flows', bridge);

async function join(name: string, options: Record<string, unknown> = {}, of = 'lab') {
  const attachment = { kind: 'namespace', path: makeNamespace(name), interface: 'eth0' } as const;
  const { status, mac = '' } = await networks.tell({
    endpoint: { name, attachment, options },
    of,
    archetype: 'sdn',
  });
  macs[name] = mac;
  addresses[name] = addressIn(status?.observed['addresses']);
}

/** Without its length, of the first: `10.160.0.2`. */
function addressIn(observed: unknown): string {
  return (observed as readonly string[])[0]?.split('/')[0] ?? '';
}

beforeAll(async () => {
  ovs = await startOvs();
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-sdn-'));
  // Name servers read theirs as nobody.
  chmodSync(folder, 0o755);
  networks = new Networks(folder);
  await networks.start();
  const { status } = await networks.tell({ network: { name: 'lab', archetype: 'sdn' } });
  bridge = String(status?.observed['interface']);
  for (const name of ['a', 'b', 'mal']) await join(name);
});

afterAll(async () => {
  server.kill('SIGKILL');
  await networks.kill();
  await ovs.stop();
  removeNamespaces();
  rmSync(folder, { recursive: true });
});

test('endpoints reach each other and the host, and the switch does nothing that its controller did not say', async () => {
  expect(await answeredOnceOne('a', addresses['b']!)).toBe(3);
  expect(await answered('b', addresses['a']!)).toBe(3);
  expect(await answered('a', gateway())).toBe(3);
  expect(await ovs.ask('ovs-vsctl', 'get', 'bridge', bridge, 'fail_mode')).toContain('secure');
  expect(await flows()).not.toContain('NORMAL');
});

test('endpoints find each other by name, and published ports lead to them', async () => {
  const served = ['-e', 'require("net").createServer((s)=>s.end("hello")).listen(80)'];
  await join('web', { aliases: ['www'], ports: [{ port: 80, published: 18080 }] });
  server = spawn('nsenter', ['--net=/run/netns/web', '--', process.execPath, ...served]);
  await until('it serves', async () => (await said('127.0.0.1', 18080)) === 'hello');
  expect(asked('www')).toBe(addresses['web']);
  const ask = `require('net').connect(80,'${addresses['web']}').pipe(process.stdout)`;
  const args = ['--net=/run/netns/a', '--', process.execPath, '-e', ask];
  expect(execFileSync('nsenter', args, { encoding: 'utf8' })).toBe('hello');
});

test('what an endpoint sends reaches the host by the switch alone', async () => {
  // As the kernel would answer at every interface, whoever has the address.
  ip('-n', 'a', 'neigh', 'flush', 'all');
  expect(await answered('a', gateway())).toBe(3);
  const local = /link\/ether (\S+)/.exec(ip('link', 'show', bridge))?.[1];
  expect(ip('-n', 'a', 'neigh', 'show', gateway())).toContain(local);
  expect(ip('neigh', 'show')).not.toMatch(/ dev hp/);
});

test('traffic goes on while the node is killed, is away, and comes back: no packet is lost', async () => {
  const ping = pinging('a', addresses['b']!);
  await until('it is answered', () => ping.answers > 20);
  await networks.kill();
  const before = ping.answers;
  await until('it is answered without a node', () => ping.answers > before + 50);
  await networks.start();
  const back = ping.answers;
  await until('it is answered by the way', () => ping.answers > back + 50);
  const { sent, lost } = await ping.stop();
  console.log(`killed and back: ${sent} sent, ${lost} lost`);
  expect(lost).toBe(0);
});

test('who never spoke before reaches others while no node is there', async () => {
  await join('quiet');
  await networks.kill();
  expect(await answered('quiet', addresses['b']!)).toBe(3);
  await networks.start();
});

test('one that forges the address of another is not heard, and takes nothing from it', async () => {
  const ping = pinging('a', addresses['b']!);
  await until('it is answered', () => ping.answers > 20);
  ip('-n', 'mal', 'link', 'set', 'eth0', 'address', macs['b']!);
  expect(await answered('mal', addresses['a']!, 3, 0.3)).toBe(0);
  ip('-n', 'mal', 'link', 'set', 'eth0', 'address', macs['mal']!);
  expect((await ping.stop()).lost).toBe(0);
  expect(await answered('mal', addresses['a']!)).toBe(3);
});

test('addresses behind an endpoint that learns are learned, and known again after a kill', async () => {
  await join('router', { learning: true });
  const behind = '02:77:00:00:00:01';
  ip('-n', 'router', 'link', 'set', 'eth0', 'address', behind);
  expect(await answered('router', addresses['a']!)).toBe(3);
  await until('it is learned', async () => (await flows()).includes(`dl_dst=${behind}`));
  await networks.kill();
  await networks.start();
  const learned = async () => (await flows()).split('\n').filter((flow) => flow.includes(behind));
  expect(await learned()).toHaveLength(2);
  // Not made anew: it has counted what came before.
  await until('it has counted', async () => (await learned()).some((flow) => /n_packets=[1-9]/.test(flow)));
  ip('-n', 'router', 'link', 'set', 'eth0', 'address', macs['router']!);
});

test('what somebody changed by hand is mended, and the flows of others stay', async () => {
  await ovs.ask(
    'ovs-ofctl',
    '-O',
    'OpenFlow13',
    'add-flow',
    bridge,
    'cookie=0x7,table=9,priority=5,actions=drop',
  );
  const toB = async () =>
    (await flows())
      .split('\n')
      .filter((flow) => flow.includes('table=1,') && flow.includes(`dl_dst=${macs['b']}`));
  const before = await toB();
  expect(before).not.toEqual([]);
  await ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'del-flows', bridge, `table=1,dl_dst=${macs['b']}`);
  await networks.tell({ look: true });
  expect(await toB()).toHaveLength(before.length);
  expect(await answered('a', addresses['b']!)).toBe(3);
  expect(await flows()).toContain('cookie=0x7,');
});

test('a bridge that was deleted by hand comes back, with its endpoints, names and ports', async () => {
  await ovs.ask('ovs-vsctl', 'del-br', bridge);
  expect(await reaches('a', addresses['b']!)).toBe(false);
  await networks.tell({ look: true });
  expect(await answered('a', addresses['b']!)).toBe(3);
  expect(asked('www')).toBe(addresses['web']);
  expect(await said('127.0.0.1', 18080)).toBe('hello');
});

test('a crash of ovs-vswitchd is survived, by the controller alone', async () => {
  await ovs.restart();
  const took = await until('they reach each other', () => reaches('a', addresses['b']!));
  console.log(`after a crash of ovs-vswitchd: ${Math.round(took)} ms`);
});

test('a controller of somebody else’s, on the control network, says what the switch does', async () => {
  const hub = path.join(import.meta.dirname, '../../support/os-ken-hub.py');
  const controller = `tcp:${await controllerOf()}:6653`;
  // Nobody reaches it yet: it takes seconds to start.
  ip('-n', 'controller', 'link', 'set', 'eth0', 'down');
  const controlling = () =>
    spawn('nsenter', ['--net=/run/netns/controller', '--', 'osken-manager', hub], { stdio: 'ignore' });
  const osKen = controlling();
  const { status } = await networks.tell({
    network: { name: 'theirs', archetype: 'sdn', options: { controller } },
  });
  const theirs = String(status?.observed['interface']);
  for (const name of ['c', 'd']) await join(name, {}, 'theirs');
  expect(await reaches('c', addresses['d']!)).toBe(false);
  ip('-n', 'controller', 'link', 'set', 'eth0', 'up');
  await until('they reach each other', () => reaches('c', addresses['d']!));
  const said = await ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'dump-flows', theirs);
  expect(said).toContain('actions=FLOOD');
  await networks.tell({ look: true });
  expect(await answered('c', addresses['d']!)).toBe(3);
  const isConnected = async () => {
    await networks.tell({ look: true });
    return (await networks.tell({ show: 'theirs' })).status?.observed['controllerConnected'];
  };
  await until('the network says that it is there', async () => (await isConnected()) === true);
  osKen.kill('SIGKILL');
  await until('the network says that it is gone', async () => (await isConnected()) === false);
  // What it has said goes on without it (`fail_mode=secure`), and nothing is made up.
  expect(await answered('c', addresses['d']!)).toBe(3);
  expect(await ovs.ask('ovs-vsctl', 'get', 'bridge', theirs, 'fail_mode')).toContain('secure');
  await ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'del-flows', theirs);
  expect(await reaches('c', addresses['d']!)).toBe(false);
  const back = controlling();
  await until('they reach each other', () => reaches('c', addresses['d']!));
  back.kill('SIGKILL');
  for (const name of ['c', 'd']) await networks.tell({ remove: name, of: 'theirs', archetype: 'sdn' });
  await networks.tell({ remove: 'theirs', archetype: 'sdn' });
});

/** Puts a namespace for a controller on the control network of `lab`, and says at which address. */
async function controllerOf(): Promise<string> {
  const attachment = {
    kind: 'namespace',
    path: makeNamespace('controller'),
    interface: 'eth0',
  } as const;
  const { status } = await networks.tell({
    endpoint: { name: 'controller', attachment },
    of: 'sdn-control.lab',
    archetype: 'ip',
  });
  return addressIn(status?.observed['addresses']);
}

/** Of `a`. */
function gateway(): string {
  return /via (\S+)/.exec(ip('-n', 'a', 'route', 'show', 'default'))?.[1] ?? '';
}

/** Which address its name server gives `a` for a name. */
function asked(name: string): string {
  const command = ['kdig', '+short', '+time=5', `@${gateway()}`, name];
  return execFileSync('nsenter', ['--net=/run/netns/a', '--', ...command], { encoding: 'utf8' }).trim();
}

/** What a server says before it ends. */
function said(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    connect(port, host)
      .on('data', (chunk) => {
        text += chunk;
      })
      .setTimeout(10_000, () => reject(new Error('no answer')))
      .on('error', reject)
      .on('end', () => resolve(text));
  });
}

test('an endpoint that is removed while Open vSwitch is away leaves no port there', async () => {
  const ports = () => ovs.ask('ovs-vsctl', 'list-ports', bridge);
  ip('link', 'add', 'nic0', 'type', 'veth', 'peer', 'name', 'wire0');
  onTestFinished(() => void ip('link', 'del', 'nic0'));
  const attachment = { kind: 'interface', interface: 'nic0' } as const;
  await networks.tell({ endpoint: { name: 'nic', attachment }, of: 'lab', archetype: 'sdn' });
  const all = (await ports()).split('\n').length;
  await ovs.halt();
  await networks.tell({ remove: 'quiet', of: 'lab', archetype: 'sdn' });
  // Its interface stays, and would go on as a port.
  const unplugged = networks.tell({ remove: 'nic', of: 'lab', archetype: 'sdn' });
  await expect(unplugged).rejects.toThrow('ERR_OVS');
  expect(ip('-n', 'quiet', '-br', 'link', 'show')).not.toContain('eth0');
  await ovs.resume();
  expect((await ports()).split('\n')).toHaveLength(all);
  await until('the node sees to it', async () => {
    await networks.tell({ look: true }).catch(() => {});
    return (await ports()).split('\n').length === all - 2;
  });
  expect(ip('link', 'show', 'nic0')).not.toContain('alias');
  await until('they reach each other', async () => (await answered('a', addresses['b']!, 1)) === 1);
});

test('a network is removed while Open vSwitch is away, and what that has of it, when it is back', async () => {
  await ovs.ask('ovs-vsctl', 'add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev');
  const changed = { name: 'changed', archetype: 'linux' };
  await networks.tell({ network: { ...changed, options: { switch: { kind: 'openvswitch' } } } });
  await ovs.halt();
  // What it was, Open vSwitch comes back with.
  const update = { ...changed, options: { switch: { kind: 'bridge' } } };
  await expect(networks.tell({ update })).rejects.toThrow('ERR_OVS');
  await networks.tell({ remove: 'changed', archetype: 'linux' });
  for (const name of ['a', 'b', 'mal', 'router', 'web'])
    await networks.tell({ remove: name, of: 'lab', archetype: 'sdn' });
  await networks.tell({ remove: 'controller', of: 'sdn-control.lab', archetype: 'ip' });
  await networks.tell({ remove: 'lab', archetype: 'sdn' });
  expect(ip('-br', 'link', 'show')).not.toMatch(/^h[bp]/m);
  await networks.kill();
  await networks.start();
  await ovs.resume();
  expect(await ovs.ask('ovs-vsctl', 'list-br')).toContain(bridge);
  await networks.tell({ look: true });
  // Another’s is left alone.
  expect((await ovs.ask('ovs-vsctl', 'list-br')).trim()).toBe('br0');
  expect(ip('-br', 'link', 'show')).not.toMatch(/^h[bp]/m);
});
