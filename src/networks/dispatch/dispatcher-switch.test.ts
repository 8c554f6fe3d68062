import { afterEach, beforeEach, expect, test } from 'vitest';
import { access, Cluster } from '../../../test/support/cluster.ts';
import { bound, Life, mortalState } from '../../../test/support/mortal-state.ts';
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

test.each([1, 2, 3].flatMap((change) => [true, false].map((isMade) => ({ change, isMade }))))(
  'a switch whose node is killed at its change $change leaves the one or the other, and nothing beside it (made: $isMade)',
  async ({ change, isMade }) => {
    const life = new Life(change, isMade);
    let isMortal = false;
    const b = await cluster.add('b');
    const c = await cluster.add('c', 'c', (state) => ({
      ...bound(state),
      commit: (...all) => (isMortal ? mortalState(state, life) : state).commit(...all),
    }));
    await b.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
    const of = b.service('ip').endpoints('lab');
    for (const name of ['x', 'y']) await of.create({ name, node: 'b', attachment: access(name) });
    isMortal = true;
    const end = c.switch('lab', 'ip', 'sdn');
    // Once it is what it is to be, what fails is no failure of the switch.
    if (change < 3) await expect(end).rejects.toThrow('killed');
    else await end;
    expect(life.isOver).toBe(true);
    await c.stop();
    // Whoever begins tidies up.
    await cluster.add('d');
    const all = await Promise.all(['ip', 'sdn'].map((name) => b.service(name).networks.list()));
    const [archetype, ...more] = all.flat().map((network) => network.archetype);
    expect(more).toEqual([]);
    expect(archetype).toBe(change > 2 || (change === 2 && isMade) ? 'sdn' : 'ip');
    const other = archetype === 'ip' ? 'sdn' : 'ip';
    await until('nothing is beside it', async () => {
      const left = (await cluster.left()).filter((key) => key.includes(`/${other}/`));
      return left.every((key) => key === `networks/${other}/serial`);
    });
    await until('it is whole', async () => {
      const there = await b.service(archetype!).endpoints('lab').list();
      return (
        there.filter(({ name }) => name.length === 1).length === 2 &&
        there.every(({ status }) => status.phase === 'ready')
      );
    });
  },
);

test('a node that takes a network while that is switched elsewhere has it as what it became', async () => {
  const hold: { before?: () => Promise<void> } = {};
  const a = await cluster.add('a', 'a', (state) => ({
    ...bound(state),
    commit: async (conditions, changes) => {
      if (changes.some(({ key }) => key === 'networks/sdn/wanted/lab')) {
        const { before } = hold;
        delete hold.before;
        await before?.();
      }
      return state.commit(conditions, changes);
    },
  }));
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const of = a.service('ip').endpoints('lab');
  await of.create({ name: 'y', node: 'b', attachment: access('y') });
  const claim = 'networks/ip/status/lab/b';
  hold.before = async () => {
    await cluster.add('b');
    await until('b says that it has it', async () => (await cluster.keys()).includes(claim));
  };
  await a.switch('lab', 'ip', 'sdn');
  expect(hold.before).toBeUndefined();
  await until('b has it', () => cluster.made('b').networks.get('lab')?.archetype === 'sdn');
  expect(await cluster.keys()).not.toContain(claim);
  expect(await cluster.keys()).toContain('networks/sdn/status/lab/b');
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
