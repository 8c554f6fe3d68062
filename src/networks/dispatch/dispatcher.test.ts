import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Cluster } from '../../../test/support/cluster.ts';
import { bound } from '../../../test/support/mortal-state.ts';
import { until } from '../../../test/support/until.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

const access = (station: string) =>
  ({ kind: 'namespace', path: `/run/netns/${station}`, interface: 'eth0' }) as const;

/** What there is in the state apart from nodes. */
const left = async () => (await cluster.keys()).filter((key) => !/^(nodes|hosts)\//.test(key));

test('a network lives where it has endpoints, whichever node is asked', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  const lab = await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  expect(lab.status).toEqual({ phase: 'ready', observed: {}, nodes: [] });
  const x = await a
    .service('ip')
    .endpoints('lab')
    .create({ name: 'x', attachment: access('x') });
  expect(x).toMatchObject({ node: 'a', options: { addresses: ['10.160.0.2'] }, status: { phase: 'ready' } });
  const y = await a
    .service('ip')
    .endpoints('lab')
    .create({ name: 'y', node: 'b', attachment: access('y') });
  expect(y).toMatchObject({ node: 'b', options: { addresses: ['10.160.0.3'] }, status: { phase: 'ready' } });
  expect(await b.service('ip').networks.read('lab')).toMatchObject({
    id: lab.id,
    status: {
      phase: 'ready',
      nodes: [
        { name: 'a', phase: 'ready' },
        { name: 'b', phase: 'ready' },
      ],
    },
  });
  // Each node is the gateway of its own.
  expect(a.made.networks.get('lab')?.options.subnets).toMatchObject([{ gateway: '10.160.0.1' }]);
  expect(b.made.networks.get('lab')?.options.subnets).toMatchObject([{ gateway: '10.160.0.4' }]);
  await until('each knows the other', () => a.made.endpoints.size === 2 && b.made.endpoints.size === 2);
  expect(a.made.endpoints.get('y')).toMatchObject({
    attachment: { kind: 'remote', node: 'b' },
    mac: y.mac,
    options: { addresses: ['10.160.0.3'] },
  });
  await b.service('ip').endpoints('lab').delete('x');
  expect(a.made.endpoints.has('x')).toBe(false);
  await expect(b.service('ip').networks.delete('lab')).rejects.toMatchObject({ code: 'ERR_RESOURCE_IN_USE' });
  await a.service('ip').endpoints('lab').delete('y');
  await b.service('ip').networks.delete('lab');
  for (const node of [a, b]) {
    expect(node.made.networks.size).toBe(0);
    expect(node.made.endpoints.size).toBe(0);
  }
  expect(await left()).toEqual(['networks/ip/serial', 'networks/serial']);
});

test('a node that is away catches up when it returns', async () => {
  const a = await cluster.add('a');
  let b = await cluster.add('b');
  const { networks } = a.service('ip');
  await networks.create({ name: 'lab', archetype: 'ip' });
  const of = a.service('ip').endpoints('lab');
  await of.create({ name: 'old', node: 'b', attachment: access('old') });
  await of.create({ name: 'x', node: 'a', attachment: access('x') });
  await until('b knows x', () => b.made.endpoints.has('x'));
  await b.stop();
  const away = 'node b is away; it is carried out when it returns';
  const y = await of.create({ name: 'y', node: 'b', attachment: access('y') }, 'key');
  expect(y.status).toEqual({ phase: 'pending', reason: `endpoint y of lab: ${away}`, observed: {} });
  expect((await of.read('y')).status).toMatchObject({ phase: 'pending', reason: away });
  // Whoever says it again is answered alike, and takes nothing away.
  expect(await of.create({ name: 'y', node: 'b', attachment: access('y') }, 'key')).toMatchObject({
    id: y.id,
  });
  await expect(of.delete('old')).rejects.toMatchObject({
    code: 'ERR_NODE_AWAY',
    message: `endpoint old of lab: ${away}`,
  });
  expect((await of.read('old')).status.phase).toBe('deleting');
  await of.delete('x');
  const lab = await networks.read('lab');
  const changed = await networks.update({ name: 'lab', archetype: 'ip', mtu: 1400 }, lab.revision);
  expect(changed.status).toMatchObject({
    phase: 'pending',
    nodes: [
      { name: 'a', phase: 'ready' },
      { name: 'b', phase: 'pending', reason: away },
    ],
  });
  expect([...b.made.endpoints.keys()].sort()).toEqual(['old', 'x']);
  b = await cluster.add('b');
  await until('it has caught up', async () => {
    const all = await of.list();
    const isReady = all.every(({ status }) => status.phase === 'ready');
    return isReady && all.length === 3 && b.made.networks.get('lab')?.mtu === 1400;
  });
  expect([...b.made.endpoints.keys()]).toEqual(['y']);
  expect((await networks.read('lab')).status.phase).toBe('ready');
});

test('a network that a node has still is removed when it returns', async () => {
  const a = await cluster.add('a');
  let b = await cluster.add('b');
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const of = a.service('ip').endpoints('lab');
  await of.create({ name: 'y', node: 'b', attachment: access('y') });
  await of.delete('y');
  await b.stop();
  await expect(a.service('ip').networks.delete('lab')).rejects.toMatchObject({
    code: 'ERR_NODE_AWAY',
    message: 'network lab: node b is away; it is carried out when it returns',
  });
  await expect(of.create({ name: 'x', attachment: access('x') })).rejects.toMatchObject({
    code: 'ERR_RESOURCE_UNKNOWN',
  });
  b = await cluster.add('b');
  await until('it is gone', async () => (await a.service('ip').networks.list()).length === 0);
  expect(b.made.networks.size).toBe(0);
  expect(await left()).toEqual(['networks/ip/serial', 'networks/serial']);
});

test('a node that left for good keeps nothing from being removed', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  await a
    .service('ip')
    .endpoints('lab')
    .create({ name: 'y', node: 'b', attachment: access('y') });
  expect(await a.members.list()).toContainEqual({ name: 'b', present: true });
  await expect(a.members.remove('b')).rejects.toMatchObject({ code: 'ERR_RESOURCE_IN_USE' });
  await expect(a.members.remove('c')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
  await b.stop();
  expect(await a.members.list()).toContainEqual({ name: 'b', present: false });
  await a.members.remove('b');
  expect((await a.members.list()).map(({ name }) => name)).toEqual(['a']);
  expect(await a.service('ip').endpoints('lab').list()).toEqual([]);
  await a.service('ip').networks.delete('lab');
  // That it was to lose what it had is noted for its return.
  expect((await cluster.keys()).filter((key) => key.includes('/b'))).toEqual(['forgotten/b/ip/lab']);
  const returned = await cluster.add('b');
  await until('it has nothing of it any more', async () => {
    const noted = (await cluster.keys()).some((key) => key.startsWith('forgotten/'));
    return !noted && returned.made.networks.size === 0;
  });
  expect(returned.made.endpoints.size).toBe(0);
  expect(returned.failures).toEqual([]);
});

test('what fails on a node is tried again after a while, not at once', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const of = a.service('ip').endpoints('lab');
  const y = await of.create({ name: 'y', node: 'b', attachment: access('y') });
  await of.create({ name: 'x', attachment: access('x') });
  b.made.broken.add('y');
  // What cannot be made is taken back each time: that is no news either.
  a.made.broken.add('w');
  const tries: string[] = [];
  for (const { broken } of [a.made, b.made]) {
    const isBroken = broken.has.bind(broken);
    vi.spyOn(broken, 'has').mockImplementation((name) => {
      // A loop without pauses would leave this test no turn to end.
      if (isBroken(name) && tries.push(name) > 50) broken.clear();
      return isBroken(name);
    });
  }
  const triesOf = (name: string) => tries.filter((one) => one === name).length;
  await of.create({ name: 'w', node: 'b', attachment: access('w') });
  await expect(of.update({ name: 'y', node: 'b', attachment: access('z') }, y.revision)).rejects.toThrow(
    'y is broken',
  );
  await until('both are tried again', () => triesOf('w') >= 4 && triesOf('y') >= 3);
  expect(triesOf('w')).toBeLessThan(10);
  expect(triesOf('y')).toBeLessThan(10);
});

test('a state that was lost takes no network from a host', async () => {
  const a = await cluster.add('a');
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  await a
    .service('ip')
    .endpoints('lab')
    .create({ name: 'x', attachment: access('x') });
  const lost = (await cluster.keys()).filter((key) => !key.startsWith('nodes/'));
  await cluster.state.commit(
    [],
    lost.map((key) => ({ key, delete: true })),
  );
  await until('it says so', () => a.failures.includes('ERR_STATE'));
  expect([...a.made.networks.keys(), ...a.made.endpoints.keys()]).toEqual(['lab', 'x']);
});

test('a network that changes while a node takes it is made as it is then', async () => {
  const [a, c] = [await cluster.add('a'), await cluster.add('c')];
  const { networks } = c.service('ip');
  let isChanged = false;
  const b = await cluster.add('b', 'b', (state) => ({
    ...bound(state),
    commit: async (conditions, changes) => {
      if (!isChanged && changes.some(({ key }) => key === 'networks/ip/status/lab/b')) {
        isChanged = true;
        const { revision } = await networks.read('lab');
        await networks.update({ name: 'lab', archetype: 'ip', mtu: 1400 }, revision);
      }
      return state.commit(conditions, changes);
    },
  }));
  await networks.create({ name: 'lab', archetype: 'ip' });
  const of = a.service('ip').endpoints('lab');
  expect(await of.create({ name: 'y', node: 'b', attachment: access('y') })).toMatchObject({
    status: { phase: 'ready' },
  });
  expect(isChanged).toBe(true);
  expect(b.made.networks.get('lab')?.mtu).toBe(1400);
  expect(b.failures).toEqual([]);
});

test('a service that is not there keeps nothing from the others', async () => {
  const a = await cluster.add('a');
  let isWatching = false;
  const watch: StateManager['watch'] = (prefix, after, signal) => {
    isWatching ||= prefix === '';
    return cluster.state.watch(prefix, after, signal);
  };
  const b = await cluster.add('b', 'b', (state) =>
    state === cluster.state
      ? { ...bound(state), watch }
      : {
          ...bound(state),
          list: async (prefix) => {
            if (prefix.startsWith('networks/sdn/'))
              throw new HeddleError('ERR_SERVICE_ABSENT', 'it is starting');
            return state.list(prefix);
          },
        },
  );
  await until('it says so', () => b.failures.includes('ERR_SERVICE_ABSENT'));
  await until('it watches what is shared', () => isWatching, 3000);
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const of = a.service('ip').endpoints('lab');
  expect(await of.create({ name: 'y', node: 'b', attachment: access('y') })).toMatchObject({
    status: { phase: 'ready' },
  });
});

test('what a node cannot make is not kept, and says why', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const of = a.service('ip').endpoints('lab');
  b.made.broken.add('y');
  await expect(of.create({ name: 'y', node: 'b', attachment: access('y') })).rejects.toMatchObject({
    message: expect.stringContaining('y is broken'),
  });
  expect(await a.service('ip').endpoints('lab').list()).toMatchObject([{ name: 'node.b' }]);
  await expect(of.create({ name: 'y', node: 'c', attachment: access('y') })).resolves.toMatchObject({
    status: { phase: 'pending' },
  });
});

test('of two nodes that make the same at once one wins, and the other is told', async () => {
  const nodes = [await cluster.add('a'), await cluster.add('b')];
  const answers = await Promise.allSettled(
    nodes.map((node) => node.service('ip').networks.create({ name: 'lab', archetype: 'ip' })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(answers.find((one) => one.status === 'rejected')?.reason).toMatchObject({
    code: 'ERR_RESOURCE_EXISTS',
  });
  const wish = { name: 'twice', archetype: 'ip' };
  const [one, other] = await Promise.all(
    nodes.map((node) => node.service('ip').networks.create(wish, 'key')),
  );
  expect(one?.id).toBe(other?.id);
});

test('addresses are given once, whoever asks for them at once', async () => {
  const nodes = await Promise.all(['a', 'b', 'c'].map((name) => cluster.add(name)));
  await nodes[0]?.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const made = await Promise.all(
    nodes.flatMap((node, index) =>
      [1, 2, 3, 4].map((number) => {
        const name = `e${index}${number}`;
        return node
          .service('ip')
          .endpoints('lab')
          .create({ name, attachment: access(name) });
      }),
    ),
  );
  const all = await nodes[0]?.service('ip').endpoints('lab').list();
  const addresses = all?.flatMap(({ options }) => options['addresses'] as string[]);
  // With the three nodes themselves.
  expect(new Set(addresses).size).toBe(15);
  expect(addresses).toHaveLength(15);
  expect(made.every(({ status }) => status.phase === 'ready')).toBe(true);
});

test('networks of different archetypes have names, subnets and VLAN ids of their own, whoever makes them at once', async () => {
  const nodes = [await cluster.add('a'), await cluster.add('b')];
  const wishes = nodes.flatMap((node, index) =>
    ['ip', 'sdn'].flatMap((archetype) =>
      ['same', `${archetype}${index}`].map((name) =>
        node.service(archetype).networks.create({ name, archetype, ...(name === 'ip0' && { vlan: 7 }) }),
      ),
    ),
  );
  const answers = await Promise.allSettled(wishes);
  const made = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(made.map(({ name }) => name).sort()).toEqual(['ip0', 'ip1', 'same', 'sdn0', 'sdn1']);
  for (const one of answers)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'ERR_RESOURCE_EXISTS' });
  const subnets = made.flatMap(({ options }) => options['subnets'] as { subnet: string }[]);
  expect(new Set(subnets.map(({ subnet }) => subnet)).size).toBe(5);
  expect(new Set(made.map(({ vlan }) => vlan)).size).toBe(5);
  const at = (vlan: number) =>
    nodes[1]?.service('ip').networks.create({ name: 'one', archetype: 'ip', vlan });
  await expect(at(7)).rejects.toMatchObject({
    code: 'ERR_NETWORK_POOL',
    message: 'VLAN id 7 is taken: network ip0',
  });
  await expect(at(1)).rejects.toMatchObject({
    message: expect.stringContaining('uses it itself, on eth0.1'),
  });
});

test('a second node of the same name carries out nothing, and says so, until the first is gone', async () => {
  const first = await cluster.add('a');
  const second = await cluster.add('twin', 'a');
  await until('it says so', () => second.failures.includes('ERR_NODE_NAME'));
  await first.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  await first
    .service('ip')
    .endpoints('lab')
    .create({ name: 'x', attachment: access('x') });
  expect(second.made.endpoints.size).toBe(0);
  await expect(second.service('ip').networks.create({ name: 'two', archetype: 'ip' })).rejects.toMatchObject({
    code: 'ERR_NODE_NAME',
  });
  await first.stop();
  await until('it has taken over', () => second.made.endpoints.has('x'));
});

test('a node that never saw what is shared shows what it has, and changes nothing', async () => {
  const a = await cluster.add('a');
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip', labels: { team: 'red' } });
  await a
    .service('ip')
    .endpoints('lab')
    .create({ name: 'x', attachment: access('x') });
  await a.stop();
  const away = async () => {
    throw new HeddleError('ERR_STATE_UNREACHABLE', 'nobody is there');
  };
  const alone = cluster.start('a', 'a', (state) =>
    state === cluster.state ? { ...bound(state), get: away, list: away, commit: away, lease: away } : state,
  );
  const { networks } = alone.service('ip');
  expect(await networks.list()).toMatchObject([
    { name: 'lab', labels: { team: 'red' }, status: { nodes: [{ name: 'a', phase: 'ready' }] } },
  ]);
  const endpoints = alone.service('ip').endpoints('lab');
  expect(await endpoints.list()).toMatchObject([{ name: 'x', node: 'a', status: { phase: 'ready' } }]);
  await expect(endpoints.delete('x')).rejects.toMatchObject({ code: 'ERR_STATE_UNREACHABLE' });
  expect(alone.made.endpoints.has('x')).toBe(true);
});

test('a network becomes another archetype’s on every node, and on one that was away when it returns', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const given: unknown[] = [];
  for (const node of ['a', 'b'])
    given.push(
      (
        await a
          .service('ip')
          .endpoints('lab')
          .create({ name: `on-${node}`, node, attachment: access(node) })
      ).options['addresses'],
    );
  const gateways = [a, b].map(({ made }) => made.networks.get('lab')?.options.subnets);
  const { network, lost } = await b.switch('lab', 'ip', 'sdn');
  expect(network).toMatchObject({ archetype: 'sdn', status: { phase: 'ready', nodes: [{ name: 'a' }, {}] } });
  expect(lost).toEqual([]);
  const there = await a.service('sdn').endpoints('lab').list();
  expect(
    there.filter(({ name }) => name.startsWith('on-')).map(({ options }) => options['addresses']),
  ).toEqual(given);
  expect([a, b].map(({ made }) => made.networks.get('lab'))).toMatchObject(
    gateways.map((subnets) => ({ archetype: 'sdn', options: { subnets } })),
  );
  expect((await left()).filter((key) => key.includes('/ip/') && !key.endsWith('serial'))).toEqual([]);
  await b.stop();
  await until('it is away', async () => !(await cluster.keys()).includes('nodes/b'));
  const again = await a.switch('lab', 'sdn', 'ip');
  expect(again.network.status.nodes).toMatchObject([{ phase: 'ready' }, { name: 'b', phase: 'pending' }]);
  const back = await cluster.add('b');
  await until('it has caught up', async () => {
    const { status } = await back.service('ip').networks.read('lab');
    return status.phase === 'ready' && back.made.networks.get('lab')?.archetype === 'ip';
  });
  expect(back.failures).toEqual([]);
});

test('a network that one node cannot switch is again what it was on all', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  for (const node of ['a', 'b'])
    await a
      .service('ip')
      .endpoints('lab')
      .create({ name: `on-${node}`, node, attachment: access(node) });
  b.refuses = true;
  await expect(a.switch('lab', 'ip', 'sdn')).rejects.toThrow('node b: no Open vSwitch');
  await until('all is as it was', async () => {
    const { status } = await a.service('ip').networks.read('lab');
    return (
      status.phase === 'ready' && [a, b].every(({ made }) => made.networks.get('lab')?.archetype === 'ip')
    );
  });
});
