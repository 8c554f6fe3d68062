import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeRequest } from '../../../src/networks/etarch/wire/control.ts';
import { encodeData } from '../../../src/networks/etarch/wire/data.ts';
import { agentGroup, etherType, workspaceAddress } from '../../../src/networks/etarch/wire/ethernet.ts';
import { Capture } from '../../support/capture.ts';
import { type Chatter, Chatters } from '../../support/chatters.ts';
import { makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { arp, ethernet, tagged, types, udp } from '../../support/frames.ts';
import { installedCommand } from '../../support/installed.ts';
import { Networks } from '../../support/networks.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { Told } from '../../support/told.ts';
import { until } from '../../support/until.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-etarch-'));
const networks = new Networks(folder);
const chatters = new Chatters();
const macs: Record<string, string> = {};
const captures: Record<string, Capture> = {};
let ovs: Ovs;
let bridge: string;
let alice: Chatter;
let bob: Chatter;
let carol: Chatter;
let mallory: Told;

const archetype = 'etarch';
const namespaceOf = (name: string) => `/run/netns/${name}`;
const flows = () => ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'dump-flows', bridge);

async function join(name: string, options: Record<string, unknown> = {}) {
  const attachment = { kind: 'namespace', path: namespaceOf(name), interface: 'eth0' } as const;
  const { mac = '' } = await networks.tell({ endpoint: { name, attachment, options }, of: 'lab', archetype });
  macs[name] = mac;
}

/** Sends a frame as it is, as a program with NET_RAW can. */
const forge = (frame: Buffer) => mallory.tell({ send: frame.toString('hex') });
const spoken = (from: string, text: string) => encodeData({ from, data: Buffer.from(text) });

beforeAll(async () => {
  ovs = await startOvs();
  await networks.start();
  const { status } = await networks.tell({ network: { name: 'lab', archetype } });
  bridge = String(status?.observed['interface']);
  for (const name of ['alice', 'bob', 'carol', 'mallory']) {
    makeNamespace(name);
    // An interface is heard from before it is up.
    await join(name, name === 'mallory' ? { titles: ['mallory', 'm-*'] } : {});
    captures[name] = await Capture.start(name, 'eth0');
  }
  for (const name of ['alice', 'bob', 'carol']) {
    const chatter = await chatters.enter(name, namespaceOf(name));
    if (name === 'alice') alice = chatter;
    if (name === 'bob') bob = chatter;
    if (name === 'carol') carol = chatter;
  }
  mallory = new Told('mallory', 'raw-socket-process.ts', 'eth0');
});

afterAll(async () => {
  chatters.close();
  mallory.child.kill('SIGKILL');
  for (const capture of Object.values(captures)) capture.end();
  await networks.kill();
  await ovs.stop();
  removeNamespaces();
  rmSync(folder, { recursive: true });
});

test('what one says in a workspace all others hear, and nobody outside does', async () => {
  const room = await alice.host('room', { access: ['bob', 'car*'] });
  const [ofBob] = [await bob.join('room'), await carol.join('room')];
  expect(await carol.client.lookUp('room')).toMatchObject({ creator: 'alice', members: 3 });
  room.say('hello');
  ofBob.say('hi alice');
  await until(
    'all hear it',
    () => alice.heard.length === 1 && bob.heard.length === 1 && carol.heard.length === 2,
  );
  expect(carol.heard.sort()).toEqual(['alice: hello', 'bob: hi alice']);
  expect(alice.heard).toEqual(['bob: hi alice']);
  expect(captures['mallory']!.with('hello')).toEqual([]);
});

test('titles that are another’s, workspaces that do not let one in, and what is not one’s to delete are refused', async () => {
  const client = await chatters.open(namespaceOf('mallory'));
  const refused = async (work: Promise<unknown>, status: string) =>
    await expect(work).rejects.toMatchObject({ code: 'ERR_ETARCH', status });
  await refused(client.register('alice'), 'notYours');
  const entity = await client.register('m-1', ['video']);
  await refused(
    entity.join('room', () => {}),
    'refused',
  );
  await refused(entity.delete('room'), 'notYours');
  await refused(entity.create('room', {}), 'taken');
  await refused(
    entity.join('nowhere', () => {}),
    'unknown',
  );
  await alice.entity.create('duo', { maxMembers: 1, requires: ['video'] });
  await refused(bob.join('duo'), 'refused');
  await (await client.register('m-2', ['video'])).join('duo', () => {});
  await refused(
    entity.join('duo', () => {}),
    'full',
  );
  await alice.entity.delete('duo');
  await refused(
    entity.join('duo', () => {}),
    'unknown',
  );
  // Speaks for another, from where that is not.
  const stolen = encodeRequest(1, { primitive: 'workspaceDetach', title: 'bob', workspace: 'room' });
  await forge(ethernet(agentGroup, macs['mallory']!, etherType.control, stolen));
  await until('it is answered', () => captures['mallory']!.with('bob is not registered here').length > 0);
  await entity.unregister();
});

test('what is forged, and what is no part of this architecture, reaches nobody', async () => {
  const address = workspaceAddress('room');
  const everybody = 'ff:ff:ff:ff:ff:ff';
  const { alice: of = '', mallory: own = '', bob: to = '' } = macs;
  const request = encodeRequest(2, { primitive: 'entityUnregister', title: 'alice' });
  for (const frame of [
    ethernet(address, own, etherType.data, spoken('mallory', 'forged: no member')),
    ethernet(address, of, etherType.data, spoken('alice', 'forged: as alice')),
    ethernet(address, of, tagged(etherType.data, 5), spoken('alice', 'forged: with a tag')),
    ethernet(address, own, types.ipv4, udp(['10.0.0.1', 1], ['10.0.0.2', 2], 'forged: IP to a workspace')),
    ethernet(to, own, types.ipv4, udp(['10.0.0.1', 1], ['10.0.0.2', 2], 'forged: IP')),
    ethernet(to, own, types.ipv6, udp(['fe80::1', 1], ['fe80::2', 2], 'forged: IPv6')),
    ethernet(everybody, own, types.arp, arp(1, [own, '10.0.0.1'], [everybody, '10.0.0.2'])),
    ethernet(
      everybody,
      own,
      0x1234,
      Buffer.from('forged: another type, to everybody, with padding behind it'),
    ),
    ethernet(to, own, etherType.data, spoken('mallory', 'forged: to one alone')),
    ethernet(agentGroup, of, etherType.control, request),
  ])
    await forge(frame);
  // In a workspace of its own, who speaks under another’s title is not heard.
  const client = await chatters.open(namespaceOf('mallory'));
  const entity = await client.register('mallory');
  await entity.create('den', {});
  const den = await entity.join('den', () => {});
  const visit = await bob.join('den');
  await forge(
    ethernet(workspaceAddress('den'), own, etherType.data, spoken('alice', 'as alice, in the den')),
  );
  den.say('as myself');
  await until('bob hears it', () => bob.heard.includes('mallory: as myself'));
  expect(bob.heard).not.toContain('alice: as alice, in the den');
  await visit.leave();
  await entity.delete('den');
  for (const name of ['alice', 'bob', 'carol']) expect(captures[name]!.with('forged')).toEqual([]);
  const [ofBob] = [await bob.join('room')];
  const before = alice.heard.length;
  ofBob.say('still here');
  await until('alice hears it', () => alice.heard.length > before);
});

test('there is neither IP nor ARP nor neighbour discovery on any interface', async () => {
  const said = execFileSync('ip', ['-n', 'alice', 'address', 'show', 'eth0'], { encoding: 'utf8' });
  expect(said).toContain('NOARP');
  expect(said).not.toContain('inet');
  const mine = ['alice', 'bob', 'carol'].flatMap((name) => captures[name]!.frames());
  expect(mine.length).toBeGreaterThan(10);
  expect(new Set(mine.map((frame) => frame.readUInt16BE(12)))).toEqual(
    new Set([etherType.control, etherType.data]),
  );
});

test('a burst loses nothing when its sender waits, whether or not the workspace has a bandwidth', async () => {
  for (const [name, settings] of [
    ['hall', {}],
    ['lane', { maxBandwidth: 20_000 }],
  ] as const) {
    const hall = await alice.host(name, settings);
    for (const one of [bob, carol]) await one.join(name);
    const before = [bob, carol].map(({ heard }) => heard.length);
    const message = Buffer.alloc(1000, 'x');
    await Promise.all(Array.from({ length: 2000 }, () => hall.send(message)));
    await until('all is heard', () =>
      [bob, carol].every(({ heard }, index) => heard.length === before[index]! + 2000),
    );
    await alice.entity.delete(name);
  }
});

test('a workspace with a bandwidth takes no more', async () => {
  const room = await alice.host('slow', { maxBandwidth: 400 });
  await bob.join('slow');
  const before = bob.heard.length;
  const began = performance.now();
  for (let count = 0; count < 200; count++) room.say(Buffer.alloc(1400, 'x'));
  room.say('x');
  await until('something arrives', () => bob.heard.length > before);
  const seconds = (performance.now() - began) / 1000;
  // 2240 kbit at once, where 100 may come, and 400 each second.
  expect(bob.heard.length - before).toBeLessThan(60 + 36 * seconds);
  expect(await ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'dump-meters', bridge)).toContain('rate=400');
  await alice.entity.delete('slow');
  expect(await ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'dump-meters', bridge)).not.toContain('rate=400');
});

test('the bus goes on while the node is killed and away, and everything is known when it is back', async () => {
  const [ofBob] = [await bob.join('room')];
  await networks.kill();
  const before = alice.heard.length;
  ofBob.say('nobody controls this');
  await until('it is heard', () => alice.heard.length > before);
  await networks.start();
  // Not made anew: they have counted what came before.
  const kept = (await flows()).split('\n').filter((flow) => flow.includes('table=2'));
  expect(kept.length).toBe(1);
  expect(kept[0]).toMatch(/n_packets=[1-9]/);
  expect(await bob.client.lookUp('room')).toMatchObject({ creator: 'alice', members: 3 });
  await bob.entity.create('later', {});
  await bob.entity.delete('later');
});

test('an entity whose endpoint is made anew has its title and its workspaces still', async () => {
  await networks.tell({ remove: 'carol', of: 'lab', archetype });
  expect(await alice.client.lookUp('room')).toMatchObject({ members: 3 });
  await join('carol');
  const again = await chatters.enter('carol', namespaceOf('carol'));
  again.client.listen(workspaceAddress('room'), ({ from, data }) => again.heard.push(`${from}: ${data}`));
  const room = await alice.join('room');
  // The switch follows at once, and no later than anybody notices.
  await until('she hears it', () => {
    room.say('welcome back');
    return again.heard.includes('alice: welcome back');
  });
});

test('two who chat by the command see what the other says, and leave nothing behind', async () => {
  const chat = (title: string, ...more: readonly string[]) => {
    const where = ['--netns', title === 'm-1' ? 'mallory' : title, '--title', title, '--workspace', 'pub'];
    const child = spawn(installedCommand, ['etarch', 'chat', ...where, ...more]);
    const said = { child, out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += chunk));
    child.stderr.on('data', (chunk) => (said.err += chunk));
    return said;
  };
  const first = chat('m-1', '--allow', 'bob', '--allow', 'carol', '--max-members', '2');
  await until('the first is in', () => first.err.includes('m-1 is in pub of m-1; members: 1'));
  const second = chat('bob');
  await until('the second is in', () => second.err.includes('members: 2'));
  first.child.stdin.write('hello \x1b[31mbob\n');
  await until('it is heard', () => second.out === 'm-1: hello \\e[31mbob\n');
  // The only word of one who leaves at once is heard.
  second.child.stdin.end('bye\n');
  await until('it is heard', () => first.out === 'bob: bye\n');
  await until('the second is gone', () => second.child.exitCode === 0);
  // What was said, and over, before they were in as well.
  const third = chat('carol');
  third.child.stdin.end('in passing\n');
  await until('it is heard', () => first.out === 'bob: bye\ncarol: in passing\n');
  first.child.kill('SIGINT');
  await until('all are gone', () => first.child.exitCode === 0 && third.child.exitCode === 0);
  await expect(alice.client.lookUp('pub')).rejects.toMatchObject({ status: 'unknown' });
  // Bob is himself again, for what follows.
  await bob.client.register('bob');
});

test('flows that somebody deleted come back, and those of others stay', async () => {
  await ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'add-flow', bridge, 'cookie=0x7,table=9,actions=drop');
  await ovs.ask('ovs-ofctl', '-O', 'OpenFlow13', 'del-flows', bridge, 'table=2');
  await networks.tell({ look: true });
  expect((await flows()).match(/table=2/g)).toHaveLength(1);
  expect(await flows()).toContain('cookie=0x7,');
});

test('nothing is left of what was removed', async () => {
  for (const name of Object.keys(macs)) await networks.tell({ remove: name, of: 'lab', archetype });
  await networks.tell({ remove: 'lab', archetype });
  expect(await ovs.ask('ovs-vsctl', 'list-br')).toBe('');
  expect(execFileSync('ip', ['-br', 'link', 'show'], { encoding: 'utf8' })).not.toMatch(/^h[bp]/m);
});
