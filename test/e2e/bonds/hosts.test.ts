import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BondStatus } from '../../../src/networks/bond/status.ts';
import { type HostName, NodesLab } from '../../support/nodes-lab.ts';
import { until } from '../../support/until.ts';

// Two hosts with two links between them, which are one to both: each is the other’s partner.
const numbers = { a: 1, b: 2 };
const lab = new NodesLab(undefined, (host: HostName) => ({
  uplinks: { bond0: { driver: 'ovs', links: ['l1', 'l2'], addresses: [`198.51.100.${numbers[host]}/24`] } },
  edge: { driver: 'ebpf', uplink: 'bond0' },
}));
const { a, b } = lab;
const bondOf = async (host: typeof a) => (await host.tell<BondStatus[]>({ bonds: true }))[0];
const isUp = (host: typeof a) => async () => {
  const bond = await bondOf(host);
  if (bond?.state !== 'up') throw new Error(bond?.reason);
  return true;
};

beforeAll(async () => {
  await lab.start();
  for (const link of ['l1', 'l2']) {
    const other = ['peer', 'name', link, 'netns', b.namespace];
    execFileSync('ip', ['-n', a.namespace, 'link', 'add', link, 'type', 'veth', ...other]);
  }
});
afterAll(() => lab.remove());

test('links that come later than the node become a bond, and each host is the other’s partner', async () => {
  for (const host of [a, b]) await until('it is agreed on', isUp(host), 15_000);
  const [one, other] = [await bondOf(a), await bondOf(b)];
  expect(one?.partner?.system).toBe(other?.actor?.system);
  expect(other?.partner?.system).toBe(one?.actor?.system);
});

test.each(['overlay', 'routed'])(
  'a network that is %s goes over it, and on by one link',
  async (archetype) => {
    const subnets = [{ subnet: archetype === 'overlay' ? '10.71.0.0/24' : '10.72.0.0/24' }];
    await a.tell({ create: { name: archetype, archetype, options: { subnets } } });
    await a.join(`${archetype}-x`, archetype);
    const address = await b.join(`${archetype}-y`, archetype, a);
    await until('the other is reached', () => {
      lab.run(`${archetype}-x`, 'ping', '-c', '1', '-W', '1', address);
      return true;
    });
    const pings = lab.pinging(`${archetype}-x`, address);
    await until('it is answered', () => pings.answers > 20);
    for (const host of [a, b])
      await until('it is seen', async () => {
        // Again and again: Heddle sets its links up.
        a.run('ip', 'link', 'set', 'l1', 'down');
        const bond = await bondOf(host);
        if (bond?.members[0]?.used === false) return true;
        throw new Error(`at ${host.namespace}: ${JSON.stringify(bond)}`);
      });
    const before = pings.answers;
    await until('it goes on', () => pings.answers > before + 20);
    a.run('ip', 'link', 'set', 'l1', 'up');
    for (const host of [a, b])
      await until('both carry', async () => (await bondOf(host))?.members.every(({ used }) => used) === true);
    expect((await pings.stop()).lost).toBeLessThan(30);
  },
);
