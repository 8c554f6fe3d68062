import { afterEach, beforeEach, expect, test } from 'vitest';
import { access, Cluster } from '../../../test/support/cluster.ts';
import { bound } from '../../../test/support/mortal-state.ts';
import { until } from '../../../test/support/until.ts';
import { HeddleError } from '../../lib/errors.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

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
  expect(await cluster.left()).toEqual(['networks/ip/serial', 'networks/serial']);
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

test('a node that returns with nothing of what it had, is to lose nothing any more', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  await a
    .service('ip')
    .endpoints('lab')
    .create({ name: 'y', node: 'b', attachment: access('y') });
  await b.stop();
  await a.members.remove('b');
  await cluster.add('another host', 'b');
  await until('the note is gone', async () => !(await cluster.keys()).includes('forgotten/b/ip/lab'));
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
