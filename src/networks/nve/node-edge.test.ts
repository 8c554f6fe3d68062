import { expect, test } from 'vitest';
import type { Link } from '../ip.ts';
import { type Edge, type IngressPort, noneRefused } from './edge.ts';
import { NodeEdge } from './node-edge.ts';

const uplink = {
  ifindex: 2,
  ifname: 'eth1',
  link_type: 'ether',
  mtu: 1500,
  flags: ['UP'],
} as unknown as Link;
const port = (vlan: number, mtu = 1500): IngressPort => ({
  vlan,
  network: `n${vlan}`,
  name: `lab${vlan}`,
  mtu,
});

function edge(links: readonly Link[] = [uplink]) {
  const done: string[] = [];
  const driver: Edge = {
    apply: async (ports) => {
      done.push(ports.map(({ vlan }) => vlan).join(' '));
      return new Map();
    },
    overhead: 0,
    counters: async () => [],
    stop: async () => void done.push('stop'),
  };
  return { done, edge: new NodeEdge(driver, 'eth1', 'fake', { links: async () => links }) };
}

test('what several ask for together is done once, by what there is then', async () => {
  const { done, edge: joined } = edge();
  const there: IngressPort[] = [];
  const join = (vlan: number) => {
    there.push(port(vlan));
    return joined.join(async () => there);
  };
  await Promise.all([join(1), join(2), join(3)]);
  expect(done).toEqual(['1 2 3']);
  await join(4);
  expect(done).toEqual(['1 2 3', '1 2 3 4']);
});

test('one that cannot be joined keeps no other from it', async () => {
  const { done, edge: joined } = edge();
  const refused = await joined.join(async () => [port(1), port(2, 9000)]);
  expect(done).toEqual(['1']);
  expect([...refused.keys()]).toEqual(['n2']);
  expect(['n1', 'n2'].map((network) => joined.mayHave(network))).toEqual([true, false]);
});

test('one with a program is not joined where the edge runs none, and says why', async () => {
  const { done, edge: joined } = edge();
  const refused = await joined.join(async () => [port(1), { ...port(2), program: 'own' }]);
  expect(done).toEqual(['1']);
  expect(refused.get('n2')).toMatchObject({
    code: 'ERR_NETWORK_PROGRAM',
    message: expect.stringContaining('network lab2: program: the edge’s driver fake'),
    hint: expect.stringContaining('edge.options.pipeline'),
  });
  expect(() => joined.checkProgram({ name: 'lab', program: 'own' })).toThrow('network lab: program');
  joined.checkProgram({ name: 'lab' });
});

test('a failure is of its own turn', async () => {
  const { done, edge: joined } = edge();
  const failed = joined.join(() => Promise.reject(new Error('the state is away')));
  await expect(failed).rejects.toThrow('the state is away');
  await joined.join(async () => [port(1)]);
  expect(done).toEqual(['1']);
});

test('where hosts are is said to an edge that has to know, and asked of it', async () => {
  const met: unknown[] = [];
  const driver: Edge = {
    apply: async () => noneRefused,
    overhead: 50,
    counters: async () => [],
    underlay: async () => ['192.0.2.1'],
    meet: async (hosts) => void met.push(hosts),
    stop: async () => {},
  };
  const told = new NodeEdge(driver, 'eth1', 'fake', { links: async () => [uplink] });
  await told.meet([['192.0.2.2']]);
  expect(met).toEqual([[['192.0.2.2']]]);
  expect(await told.underlay()).toEqual(['192.0.2.1']);
  const { edge: other } = edge();
  await other.meet([['192.0.2.2']]);
  expect(await other.underlay()).toEqual([]);
});

test('without networks nothing is left; while the uplink is away, all is left as it is', async () => {
  const { done, edge: joined } = edge();
  expect(joined.mayHave('n1')).toBe(true);
  await joined.join(async () => []);
  expect(done).toEqual(['stop']);
  expect(joined.mayHave('n1')).toBe(false);
  const away = edge([]);
  expect((await away.edge.join(async () => [port(1)])).get('n1')?.message).toContain('eth1 is not there');
  expect(away.done).toEqual([]);
});

test('it is not settled before its first turn, after one that failed, and while something of it is owed', async () => {
  let owed: string | undefined = 'a bridge';
  let isReady = false;
  const driver: Edge = {
    apply: async () => noneRefused,
    overhead: 0,
    counters: async () => [],
    stop: async () => {},
    settleOwed: async () => owed,
  };
  const ready = async () => {
    if (!isReady) throw new Error('something is left of another');
  };
  const joined = new NodeEdge(driver, 'eth1', 'fake', { links: async () => [uplink], ready });
  const turn = (ports: readonly IngressPort[]) => joined.join(async () => ports);
  expect(joined.isSettled).toBe(false);
  await expect(turn([port(1)])).rejects.toThrow('something is left of another');
  expect(joined.isSettled).toBe(false);
  isReady = true;
  await turn([port(1)]);
  expect(joined.isSettled).toBe(true);
  await turn([]);
  expect([joined.isSettled, await joined.remove()]).toEqual([false, 'a bridge']);
  owed = undefined;
  await turn([]);
  expect([joined.isSettled, await joined.remove()]).toEqual([true, undefined]);
});
