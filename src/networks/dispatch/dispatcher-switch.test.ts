import { afterEach, beforeEach, expect, test } from 'vitest';
import { access, Cluster } from '../../../test/support/cluster.ts';
import { until } from '../../../test/support/until.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

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
  expect((await cluster.left()).filter((key) => key.includes('/ip/') && !key.endsWith('serial'))).toEqual([]);
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
