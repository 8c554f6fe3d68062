import { afterEach, beforeEach, expect, test } from 'vitest';
import { access, Cluster } from '../../../test/support/cluster.ts';
import { until } from '../../../test/support/until.ts';
import { dynamicPorts } from '../ip/host-ports.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

const nothingIsLeft = () =>
  until('nothing is left of it', async () => (await cluster.keys()).every((key) => !key.startsWith('asks/')));

test('a node says what passes at another one, and nothing is left of the question', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  await a
    .service('ip')
    .endpoints('lab')
    .create({ name: 'x', node: 'b', attachment: access('x') });
  const far = a.trafficAt('b', 'ip');
  expect(await far.counters('lab')).toEqual([{ network: 'lab', archetype: 'ip', links: [] }]);
  expect(await far.trace('lab', { from: 'x' })).toMatchObject({
    source: 'x',
    to: [{ kind: 'endpoint', name: 'y', node: 'b' }],
  });
  await expect(far.counters('none')).rejects.toMatchObject({
    code: 'ERR_RESOURCE_UNKNOWN',
    message: 'node b: network "none": there is none',
  });
  await expect(a.trafficAt('c', 'ip').counters('lab')).rejects.toMatchObject({ code: 'ERR_NODE_AWAY' });
  await expect(a.trafficAt('b', 'odd').counters('lab')).rejects.toMatchObject({
    code: 'ERR_ARCHETYPE_UNKNOWN',
  });
  await nothingIsLeft();
  expect(b.failures).toEqual([]);
});

test('what is no question is answered so, and what somebody left goes when its node begins', async () => {
  await cluster.add('a');
  const odd = 'asks/a/odd';
  await cluster.state.commit([], [{ key: odd, value: { kind: 'shell', command: 'id' } }]);
  await until('it is answered', async () => (await cluster.state.get(`${odd}/answer`)) !== undefined);
  expect((await cluster.state.get(`${odd}/answer`))?.value).toMatchObject({
    error: { code: 'ERR_RESOURCE_INVALID' },
  });
  await cluster.state.commit([], [{ key: odd, delete: true }]);
  await nothingIsLeft();
  await cluster.state.commit([], [{ key: 'asks/b/gone/answer', value: {} }]);
  await cluster.add('b');
  await nothingIsLeft();
});

test('a port that nobody named is one that nobody has on the node that it is of', async () => {
  const [a, b] = [await cluster.add('a'), await cluster.add('b')];
  await a.service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  for (let port: number = dynamicPorts.from; port < dynamicPorts.to; port++) b.made.held.add(`tcp ${port}`);
  a.made.held.add(`tcp ${dynamicPorts.to}`);
  const publishing = { options: { ports: [{ port: 80 }] } };
  const at = (node: string) =>
    a
      .service('ip')
      .endpoints('lab')
      .create({ name: `on-${node}`, node, attachment: access(node), ...publishing });
  expect((await at('b')).options['ports']).toMatchObject([{ port: 80, published: dynamicPorts.to }]);
  expect((await at('a')).options['ports']).not.toMatchObject([{ published: dynamicPorts.to }]);
  // One that is not there is not asked.
  expect((await at('c')).status).toMatchObject({ phase: 'pending' });
  await nothingIsLeft();
});
