import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import type { Network } from '../../../src/networks/standard/network.ts';
import type { Switched } from '../../../src/networks/standard/switch.ts';
import type { NetworkCounters, NetworkFlow, Trace } from '../../../src/networks/standard/traffic.ts';
import { doorProgram } from '../../support/cni.ts';
import { makeStation, NodesLab } from '../../support/nodes-lab.ts';
import { until } from '../../support/until.ts';

// Between the hosts are tunnels, whose ends nobody has named: what the nodes share says where they are.
const lab = new NodesLab('vxlan');
const { a, b } = lab;
beforeAll(() => lab.start());
afterAll(() => lab.remove());

const reaches = (from: string, to: string) => {
  lab.run(from, 'ping', '-c', '1', '-W', '1', to);
  return true;
};
const gatewayOf = (station: string) =>
  /via (\S+)/.exec(lab.run(station, 'ip', 'route', 'show', 'default'))?.[1] ?? '';
const resolve = (station: string, name: string) =>
  lab.run(station, 'kdig', '+short', '+timeout=1', `@${gatewayOf(station)}`, name).trim();
const networks = (node: typeof a) => node.tell<Network[]>({ list: true });
const addresses: Record<string, string> = {};

test('a network lives on both, and endpoints find and reach each other across', async () => {
  const made = await a.tell({ create: { name: 'lab', archetype: 'ip' } });
  expect(made.status).toMatchObject({ phase: 'ready', nodes: [] });
  expect(made.vlan).toBeGreaterThan(0);
  addresses['x'] = await a.join('x', 'lab');
  addresses['y'] = await b.join('y', 'lab', a);
  expect((await b.tell({ read: 'lab' })).status).toMatchObject({
    phase: 'ready',
    nodes: [
      { name: 'a', phase: 'ready' },
      { name: 'b', phase: 'ready' },
    ],
  });
  expect(gatewayOf('x')).not.toBe(gatewayOf('y'));
  const { x = '', y = '' } = addresses;
  await until('names are known across', () => resolve('x', 'y') === y && resolve('y', 'x') === x);
  await until('they reach each other', () => reaches('x', y) && reaches('y', x));
});

test('a network becomes another archetype’s on both nodes, and frames go on between them', async () => {
  const { x = '', y = '' } = addresses;
  const ping = lab.pinging('x', y);
  await until('it is answered', () => ping.answers > 20);
  for (const [to, by] of [
    ['sdn', a],
    ['ip', b],
  ] as const) {
    expect(await by.tell<Switched>({ switch: 'lab', wish: { archetype: to } })).toMatchObject({
      network: { archetype: to, status: { phase: 'ready', nodes: [{ name: 'a' }, { name: 'b' }] } },
      lost: [],
    });
    const before = ping.answers;
    await until('it is answered still', () => ping.answers > before + 20);
    for (const [name, address] of Object.entries({ x, y }))
      expect((await a.tell({ read: name, of: 'lab' })).status).toMatchObject({
        phase: 'ready',
        observed: { addresses: [expect.stringContaining(`${address}/`)] },
      });
    await until('names are known', () => resolve('x', 'y') === y && resolve('y', 'x') === x);
  }
  const { lost } = await ping.stop();
  console.log(`there and back: ${lost * 10} ms without packets between nodes`);
});

test('what is made at once by both is made once, and no address is given twice', async () => {
  const wish = { name: 'once', archetype: 'ip' };
  const answers = await Promise.allSettled([a, b].map((node) => node.tell({ create: wish })));
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(String(answers.find((one) => one.status === 'rejected')?.reason)).toContain('ERR_RESOURCE_EXISTS');
  const given = await Promise.all([a.join('o1', 'once'), b.join('o2', 'once'), a.join('o3', 'once', b)]);
  expect(new Set(given).size).toBe(3);
  await until('they reach each other', () => reaches('o1', given[1]) && reaches('o2', given[2]));
  expect(() => lab.run('o1', 'ping', '-c', '1', '-W', '0.3', addresses['y'] ?? '')).toThrow();
});

test('networks of other archetypes live on both as well, each under an id of its own', async () => {
  const sdn = await b.tell({ create: { name: 'flows', archetype: 'sdn' } });
  const etarch = await a.tell({ create: { name: 'titles', archetype: 'etarch' } });
  const lan = await a.tell({ read: 'lab' });
  expect(new Set([sdn, etarch, lan].map(({ vlan }) => vlan)).size).toBe(3);
  const [s1, s2] = [await a.join('s1', 'flows'), await b.join('s2', 'flows')];
  await until('they reach each other', () => reaches('s1', s2) && reaches('s2', s1));
  await until('names are known across', () => resolve('s1', 's2') === s2);
  await a.join('e1', 'titles', b);
  await b.join('e2', 'titles', a);
  expect((await b.tell({ read: 'titles' })).status).toMatchObject({
    phase: 'ready',
    nodes: [{ name: 'a' }, { name: 'b' }],
  });
});

test('what passes on a network is said by any node, wherever that lives', async () => {
  await a.tell({
    create: { name: 'far', archetype: 'sdn', options: { subnets: [{ subnet: '10.98.7.0/24' }] } },
  });
  await expect(a.tell({ counters: 'far' })).rejects.toThrow('ERR_NETWORK_ELSEWHERE');
  await b.join('f1', 'far', a);
  await b.join('f2', 'far', a);
  const [counted] = await a.tell<NetworkCounters[]>({ counters: 'far' });
  expect(counted?.links.filter(({ kind }) => kind === 'endpoint').map(({ name }) => name)).toEqual([
    'f1',
    'f2',
  ]);
  expect((await a.tell<NetworkFlow[]>({ flows: 'far' })).length).toBeGreaterThan(0);
  const traced = await a.tell<Trace>({ trace: 'far', frame: { from: 'f1', to: 'f2' } });
  expect(traced.to).toContainEqual({ kind: 'endpoint', name: 'f2', node: 'b' });
  // It lives here as well, and another alone sees what its endpoint sends.
  expect((await a.tell<Trace>({ trace: 'lab', frame: { from: 'y', to: 'x' } })).steps.length).toBeGreaterThan(
    0,
  );
  expect(lab.keys().filter((key) => key.startsWith('asks/'))).toEqual([]);
  for (const name of ['f1', 'f2']) await a.tell({ remove: name, of: 'far' });
  await a.tell({ remove: 'far' });
});

test('a network that one door makes on a node is joined through another door on the other', async () => {
  const atDoor = (node: typeof a, args: string[], said: object, env: Record<string, string> = {}) => {
    const output = execFileSync(doorProgram, args, {
      input: JSON.stringify(said),
      env: { HEDDLE_SOCKET: node.socket, ...env },
      encoding: 'utf8',
    });
    return output === '' ? {} : JSON.parse(output);
  };
  const runtime = (node: typeof a, CNI_COMMAND: string, CNI_NETNS = '') =>
    atDoor(
      node,
      [],
      {
        cniVersion: '1.1.0',
        name: 'pods',
        archetype: 'ip',
        options: { subnets: [{ subnet: '10.97.8.0/24' }] },
      },
      { CNI_COMMAND, CNI_NETNS, CNI_CONTAINERID: 'd1', CNI_IFNAME: 'eth0' },
    );
  const added = runtime(a, 'ADD', makeStation('d1'));
  const network = { id: 'f'.repeat(64), name: 'pods', driver: 'heddle' };
  const { subnets } = atDoor(b, ['create'], network);
  const container = {
    container_id: 'd'.repeat(64),
    container_name: 'd2',
    network: { ...network, subnets },
    network_options: { interface_name: 'eth0' },
  };
  const podmans = makeStation('d2');
  const status = atDoor(b, ['setup', podmans], container);
  const [one = '', other = ''] = [added.ips[0].address, status.interfaces.eth0.subnets[0].ipnet].map(
    (address: string) => address.split('/')[0],
  );
  await until('they reach each other', () => reaches('d1', other) && reaches('d2', one));
  await until('names are known across', () => resolve('d1', 'd2') === other && resolve('d2', 'd1') === one);
  // A container of the same id on another node is another.
  runtime(b, 'DEL');
  expect(reaches('d2', one)).toBe(true);
  runtime(a, 'DEL');
  atDoor(b, ['teardown', podmans], container);
  expect(await a.tell<Endpoint[]>({ endpoints: 'pods' })).toEqual([]);
  await b.tell({ remove: 'pods' });
});

test('a node that was killed catches up with what changed meanwhile', async () => {
  const { y = '' } = addresses;
  await b.kill();
  // Its host goes on.
  expect(reaches('x', y)).toBe(true);
  lab.endLease('b');
  await until('it is away', () => !lab.keys().includes('nodes/b'));
  const made = await b.join('z', 'lab', a).then((address) => (addresses['z'] = address));
  const statusOfZ = async () => (await a.tell({ read: 'z', of: 'lab' })).status;
  await until('a has seen it', async () => (await statusOfZ()).reason?.includes('is away') === true);
  expect(await statusOfZ()).toEqual({
    phase: 'pending',
    reason: 'node b is away; it is carried out when it returns',
    observed: {},
  });
  await expect(a.tell({ remove: 'y', of: 'lab' })).rejects.toThrow('ERR_NODE_AWAY');
  await a.tell({ remove: 'o1', of: 'once' });
  expect(await a.tell<Switched>({ switch: 'once', wish: { archetype: 'sdn' } })).toMatchObject({
    network: {
      archetype: 'sdn',
      status: { phase: 'pending', reason: expect.stringContaining('node b is away') },
    },
  });
  await b.start();
  await until('it has caught up', async () => {
    const endpoints = await a.tell<Endpoint[]>({ endpoints: 'lab' });
    return (
      endpoints.map(({ name }) => name).join() === 'x,z' &&
      endpoints.every(({ status }) => status.phase === 'ready')
    );
  });
  await until('it has switched', async () => (await b.tell({ read: 'once' })).status.phase === 'ready');
  expect((await b.tell({ read: 'o2', of: 'once' })).status.phase).toBe('ready');
  await until('they reach each other', () => reaches('x', made) && resolve('z', 'x') === addresses['x']);
  expect(lab.run('y', 'ip', '-br', 'link')).not.toContain('eth0');
});

test('who is cut off goes on, changes nothing, and has all when it is back', async () => {
  const { x = '', z = '' } = addresses;
  lab.cut('b', true);
  await until('b sees that it is alone', async () => {
    const refused = await b.tell({ create: { name: 'nothing', archetype: 'ip' } }).then(
      () => '',
      (error) => String(error),
    );
    return refused.includes('ERR_STATE_UNREACHABLE');
  });
  expect((await networks(b)).map(({ name }) => name)).toEqual(['flows', 'lab', 'once', 'titles']);
  await until('it is told still', () => resolve('z', 'x') === x);
  addresses['v'] = await a.join('v', 'lab');
  lab.cut('b', false);
  await until('b knows what came', () => resolve('z', 'v') === addresses['v']);
  await until('they reach each other', () => reaches('v', z));
  await until('b is there for the others', () => lab.keys().includes('nodes/b'));
  expect((await networks(b)).map(({ name }) => name)).toEqual((await networks(a)).map(({ name }) => name));
});

test('nothing is left of what both remove, and no frame goes to who has left', async () => {
  const removeAll = async (of: string, by: typeof a) => {
    for (const { name } of await a.tell<Endpoint[]>({ endpoints: of })) await by.tell({ remove: name, of });
    await a.tell({ remove: of });
  };
  // Its lease has ended meanwhile, and it takes one again when it notices.
  await until('b is there again', () => lab.keys().includes('nodes/b'));
  await b.tell({ remove: 'o2', of: 'once' }).catch(() => {});
  await until('b has seen that it is', async () =>
    (await a.tell<Endpoint[]>({ endpoints: 'once' })).every(({ name }) => name !== 'o2'),
  );
  // What was asked for as b was cut off may have got through in the end.
  for (const { name } of await networks(a)) if (name !== 'lab') await removeAll(name, b);
  const leads = () => a.run('bridge', 'fdb', 'show').includes('dst 192.0.2.2');
  expect(leads()).toBe(true);
  await b.stop();
  await a.tell({ forget: 'b' });
  await until('nothing leads to b', () => !leads());
  await removeAll('lab', a);
  const links = (node: typeof a) => /\bh[bpvsx]/.test(node.run('ip', '-br', 'link'));
  expect(links(a)).toBe(false);
  await b.start();
  await until('b has nothing of it any more', () => !links(b));
  for (const node of [a, b]) expect(await networks(node)).toEqual([]);
});
