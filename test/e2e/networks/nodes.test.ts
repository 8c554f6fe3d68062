import { afterAll, beforeAll, expect, test } from 'vitest';
import { NodesLab } from '../../support/nodes-lab.ts';
import { until } from '../../support/until.ts';

const lab = new NodesLab('ebpf');
const { a, b } = lab;
beforeAll(() => lab.start());
afterAll(() => lab.remove());

const pings = (from: string, to: string) => {
  lab.run(from, 'ping', '-c', '1', '-W', '1', to);
  return true;
};

test('a network lives on both, and endpoints find and reach each other across', async () => {
  const made = await a.tell({ create: { name: 'lab', archetype: 'ip' } });
  expect(made.status).toMatchObject({ phase: 'ready', nodes: [] });
  expect(made.vlan).toBeGreaterThan(0);
  const [x, y] = [await a.join('x', 'lab'), await b.join('y', 'lab', a)];
  expect((await b.tell({ read: 'lab' })).status).toMatchObject({
    phase: 'ready',
    nodes: [
      { name: 'a', phase: 'ready' },
      { name: 'b', phase: 'ready' },
    ],
  });
  const gateway = (station: string) =>
    /via (\S+)/.exec(lab.run(station, 'ip', 'route', 'show', 'default'))?.[1] ?? '';
  expect(gateway('x')).not.toBe(gateway('y'));
  const named = (station: string, name: string) =>
    lab.run(station, 'kdig', '+short', '+timeout=1', `@${gateway(station)}`, name).trim();
  await until('names are known across', () => named('x', 'y') === y && named('y', 'x') === x);
  await until('they reach each other', () => pings('x', y) && pings('y', x));
});
