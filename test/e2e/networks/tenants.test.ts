import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Membership } from '../../../src/networks/etarch/client/entity.ts';
import type { LinkCounters, NetworkCounters } from '../../../src/networks/standard/traffic.ts';
import { Capture } from '../../support/capture.ts';
import { type Chatter, Chatters } from '../../support/chatters.ts';
import { answered, makeNamespace, pinging, removeNamespaces } from '../../support/endpoints.ts';
import { ethernet, types, udp } from '../../support/frames.ts';
import { type JoinedHost, joinedHosts, uplink } from '../../support/joined-hosts.ts';
import { vlanOf } from '../../support/nve-suite.ts';
import { attacksOf, everyone, experimental, mark, reserved, type Target } from '../../support/tenants.ts';
import { Told } from '../../support/told.ts';
import { until } from '../../support/until.ts';

// Two tenants, red and blue, on two hosts: each has a network of each archetype, with a member on each host. Red does harm.
// What one member may do to another of the same network is the archetype's, and not told here: on a bridge of `ip` it can take
// its neighbour's address, as on any Ethernet.
const tenants = ['red', 'blue'] as const;
type Tenant = (typeof tenants)[number];
const archetypes = ['ip', 'sdn', 'etarch'] as const;
type Kind = (typeof archetypes)[number];

let hosts: readonly [JoinedHost, JoinedHost];
let wire: Capture;
let outside: Capture;
const targets = new Map<string, Target>();
const sockets = new Map<string, Told>();
const ears = new Map<string, Capture>();
const chatters = new Chatters();
const rooms = new Map<Tenant, { readonly alice: Membership; readonly bob: Chatter }>();
let counted = 0;

const vlanFor = (tenant: Tenant, kind: Kind) => 12 + 10 * archetypes.indexOf(kind) + tenants.indexOf(tenant);
const at = (tenant: Tenant, kind: Kind, host: 1 | 2 = 1) => `${tenant}-${kind}${host}`;
const target = (tenant: Tenant, kind: Kind) => targets.get(`${tenant}-${kind}`)!;
const otherEnd = (tenant: Tenant, kind: Kind) => `10.${vlanFor(tenant, kind)}.0.12`;
const one = () => hosts[0];

async function makeNetwork(tenant: Tenant, kind: Kind): Promise<void> {
  const vlan = vlanFor(tenant, kind);
  const name = `${tenant}-${kind}`;
  const hasIp = kind !== 'etarch';
  const addresses = (number: number) => [`10.${vlan}.0.${number}`, `fd00:${vlan}::${number}`] as const;
  for (const [index, host] of hosts.entries()) {
    const [gateway4, gateway6] = addresses(index + 1);
    const subnets = [
      { subnet: `10.${vlan}.0.0/24`, gateway: gateway4 },
      { subnet: `fd00:${vlan}::/64`, gateway: gateway6 },
    ];
    const wish = { name, archetype: kind, vlan, ...(hasIp && { options: { subnets } }) };
    const { status } = await host.networks.tell({ network: wish });
    const [ipv4, ipv6] = addresses(index + 11);
    const options = hasIp ? { addresses: [ipv4, ipv6] } : { titles: ['*'] };
    const { mac = '' } = await host.joinWith(`${name}${index + 1}`, name, kind, options);
    if (index > 0) continue;
    const bridge = String(status?.observed['interface']);
    const hostMac = /link\/ether (\S+)/.exec(host.run('ip', 'link', 'show', bridge))?.[1] ?? '';
    targets.set(name, { vlan, mac, hostMac, ipv4, ipv6, gateway4, gateway6 });
  }
}

/** Where host one's default route leads, and whoever answers there. */
async function makeOutside(): Promise<void> {
  makeNamespace('outside');
  const peer = ['peer', 'name', 'eth0', 'netns', '/run/netns/outside'];
  one().run('ip', 'link', 'add', 'wan', 'type', 'veth', ...peer);
  one().run('ip', 'address', 'add', '198.51.100.2/24', 'dev', 'wan');
  one().run('ip', 'link', 'set', 'wan', 'up');
  one().run('ip', 'route', 'add', 'default', 'via', '198.51.100.1');
  const inside = ['nsenter', '--net=/run/netns/outside', '--', 'ip'];
  one().run(...inside, 'address', 'add', '198.51.100.1/24', 'dev', 'eth0');
  one().run(...inside, 'link', 'set', 'eth0', 'up');
  outside = await Capture.start('outside', 'eth0');
}

beforeAll(async () => {
  hosts = await joinedHosts();
  await makeOutside();
  for (const kind of archetypes) for (const tenant of tenants) await makeNetwork(tenant, kind);
  const listeners = archetypes.flatMap((kind) =>
    tenants.flatMap((tenant) => [at(tenant, kind), at(tenant, kind, 2)]),
  );
  for (const kind of archetypes)
    for (const tenant of tenants) {
      const name = at(tenant, kind);
      sockets.set(name, new Told(name, 'raw-socket-process.ts', 'eth0'));
    }
  await Promise.all([
    ...listeners.map(async (name) => ears.set(name, await Capture.start(name, 'eth0'))),
    Capture.start('one', uplink).then((capture) => {
      wire = capture;
    }),
  ]);
  for (const tenant of tenants) {
    // Without a state that they share, a workspace is one node’s: two talk there, under the same titles at both tenants.
    await one().joinWith(`${tenant}-second`, `${tenant}-etarch`, 'etarch', { titles: ['*'] });
    const alice = await chatters.enter('alice', `/run/netns/${at(tenant, 'etarch')}`);
    const bob = await chatters.enter('bob', `/run/netns/${tenant}-second`);
    const room = await alice.host('room');
    await bob.join('room');
    rooms.set(tenant, { alice: room, bob });
  }
});

afterAll(async () => {
  chatters.close();
  for (const { child } of sockets.values()) child.kill('SIGKILL');
  for (const capture of [wire, outside, ...ears.values()]) capture.end();
  await Promise.all(hosts.map((host) => host.end()));
  removeNamespaces();
});

const send = (from: string, frame: Buffer) => sockets.get(from)!.tell({ send: frame.toString('hex') });

/** That what was sent before and has not arrived will not: on each network frames keep their order. */
async function settled(kind: Kind): Promise<void> {
  for (const tenant of tenants) {
    const text = `settled ${counted++}.`;
    if (kind === 'etarch') await isHeardInRoom(tenant, text);
    else {
      const { mac } = target(tenant, kind);
      await send(at(tenant, kind), ethernet(everyone, mac, experimental, Buffer.from(text.padEnd(46))));
      // Each capture has its own pace.
      for (const ear of [ears.get(at(tenant, kind, 2))!, wire])
        await until('the last frame is heard', () => ear.with(text).length > 0);
    }
  }
}

async function isHeardInRoom(tenant: Tenant, text: string): Promise<void> {
  const { alice, bob } = rooms.get(tenant)!;
  alice.say(text);
  await until('bob hears it', () => bob.heard.includes(`alice: ${text}`));
}

/** Where something of an attack was heard. */
function reached(listeners: Iterable<readonly [string, Capture]>): string[] {
  const namesIn = (frame: Buffer) => frame.toString('latin1').slice(frame.indexOf(mark)).split('\0')[0];
  return [...listeners].flatMap(([name, capture]) =>
    capture.with(mark).map((frame) => `${name}: ${namesIn(frame)}`),
  );
}

/** Host one’s own addresses, routes, and whom it takes for whose neighbour. */
function hostOne(): string {
  const run = (...args: readonly string[]) => one().run('ip', '-br', ...args);
  return [
    run('address', 'show'),
    one().run('ip', 'route', 'show'),
    one().run('ip', '-6', 'route', 'show'),
    one().run('ip', 'rule', 'show'),
  ].join('\n');
}

async function countersOf(name: string): Promise<readonly LinkCounters[]> {
  const { counters } = (await one().networks.tell({ counters: name })) as { counters?: NetworkCounters[] };
  return counters?.find(({ network }) => network === name)?.links ?? [];
}

const droppedAtEdge = async (name: string) =>
  (await countersOf(name)).find(({ kind }) => kind === 'edge')?.received.dropped ?? 0;

describe.each(archetypes)('a tenant on a network of %s', (kind) => {
  test('reaches nobody of another, and takes nothing from the host', async () => {
    const before = hostOne();
    const seen = wire.with(mark).length;
    const [red, blue] = [target('red', kind), target('blue', kind)];
    const [uplinkMac = ''] =
      /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/.exec(one().run('ip', 'link', 'show', uplink)) ?? [];
    const lost = await droppedAtEdge(`red-${kind}`);
    const attacks = attacksOf(red, blue, uplinkMac);
    for (const { frame } of attacks) await send(at('red', kind), frame);
    await settled(kind);
    expect(reached([...ears].filter(([name]) => name.startsWith('blue')))).toEqual([]);
    expect(reached([['outside', outside]])).toEqual([]);
    const onWire = wire.with(mark).slice(seen);
    expect(new Set(onWire.map(vlanOf))).toEqual(new Set(kind === 'etarch' ? [] : [red.vlan]));
    // The physical network’s own, whichever of its switches acts on them.
    expect(onWire.filter((frame) => reserved.includes(macIn(frame)))).toEqual([]);
    if (kind === 'ip') expect((await droppedAtEdge('red-ip')) - lost).toBeGreaterThanOrEqual(1);
    expect(hostOne()).toBe(before);
  });

  test('has it all the same: the other is as it was', async () => {
    if (kind === 'etarch') {
      await isHeardInRoom('blue', `after ${counted++}`);
      return;
    }
    const { gateway4, gateway6 } = target('blue', kind);
    for (const address of [otherEnd('blue', kind), gateway4, gateway6])
      expect(await answered(at('blue', kind), address, 1), address).toBe(1);
  });
});

/** What is sent to a port where nobody is: ICMP says so to whoever asked, and repeats the question. */
function asked({ hostMac, mac }: Target, from: [string, number], to: [string, number]): Buffer {
  return ethernet(hostMac, mac, types.ipv4, udp(from, to, `${mark}who asks`));
}

const macIn = (frame: Buffer) => frame.toString('hex', 0, 6).replaceAll(/..(?!$)/g, '$&:');

test.each(['ip', 'sdn'] as const)(
  'a tenant on a network of %s is nobody else to what is outside',
  async (kind) => {
    const [red, blue] = [target('red', kind), target('blue', kind)];
    for (const to of ['198.51.100.1', red.gateway4, blue.gateway4])
      await send(at('red', kind), asked(red, [blue.ipv4, 9], [to, 9]));
    await settled(kind);
    // Neither a question in blue’s name, nor an answer to it.
    expect(outside.with(mark)).toEqual([]);
    expect(reached([...ears].filter(([name]) => name.startsWith('blue')))).toEqual([]);
  },
);

test('a storm in each network of one lets the other’s go on, and the services answer', async () => {
  const storm = { count: 20_000, ms: 2000 };
  const frameOf = (kind: Kind) =>
    ethernet(everyone, target('red', kind).mac, experimental, Buffer.alloc(100));
  const going = (['ip', 'sdn'] as const).map((kind) => pinging(at('blue', kind), otherEnd('blue', kind)));
  await until('they are answered', () => going.every(({ answers }) => answers > 10));
  const storms = archetypes.map((kind) =>
    sockets.get(at('red', kind))!.tell({ storm: { ...storm, frame: frameOf(kind).toString('hex') } }),
  );
  await one().networks.tell({ network: { name: 'during', archetype: 'ip' } });
  await isHeardInRoom('blue', `in the storm ${counted++}`);
  const sent = (await Promise.all(storms)).map(Number);
  const results = await Promise.all(going.map((one) => one.stop()));
  expect(sent).toEqual(archetypes.map(() => storm.count));
  for (const { sent, lost } of results) {
    console.log(`in the storm: ${sent} sent, ${lost} lost`);
    expect(lost).toBeLessThan(sent / 2);
  }
});
