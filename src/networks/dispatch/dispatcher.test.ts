import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { access, Cluster } from '../../../test/support/cluster.ts';
import { bound } from '../../../test/support/mortal-state.ts';
import { until } from '../../../test/support/until.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

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
  expect(await cluster.left()).toEqual(['networks/ip/serial', 'networks/serial']);
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
