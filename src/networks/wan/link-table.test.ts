import { expect, test } from 'vitest';
import type { LinkEnd } from './link-end.ts';
import { LinkTable } from './link-table.ts';
import { steadyNow } from './liveness/steady.ts';

const end = { site: 'there' } as LinkEnd;
const paths = [1, 2].map((id) => ({
  id,
  name: `eth${id}>eth${id}`,
  uplink: `eth${id}`,
  local: `192.0.2.${id}`,
  remote: `198.51.100.${id}`,
  cost: 0,
}));
const report = (id: number, isUp: boolean, usedThere = 0) =>
  ({ id, isUp, since: 0, delay: id, loss: 0, falls: 0, mtu: undefined, usedThere }) as const;

function started(here: string, used: Readonly<Record<string, number>> = {}) {
  const said: string[] = [];
  const note = (_fields: object, message: string) => void said.push(message);
  const table = new LinkTable(here, { info: note, warn: note, error: note, debug: note });
  table.settle(new Map([['b', end]]), () => paths, used);
  return { table, said };
}

test('a change is said with its reason, and who is to be led elsewhere', () => {
  const { table, said } = started('a');
  expect(table.measured([report(1, true), report(2, false)])).toEqual(['b']);
  expect(table.measured([report(1, true), report(2, true)])).toEqual([]);
  expect(table.measured([report(1, false), report(2, true)])).toEqual(['b']);
  expect(table.measured([report(1, false), report(2, false)])).toEqual([]);
  expect(said).toEqual([
    'links: path eth1>eth1 to b is up',
    'links: to b by eth1>eth1: the first that answered (1.0 ms, 0.0 % lost)',
    'links: path eth2>eth2 to b is up',
    'links: path eth1>eth1 to b is down',
    'links: to b by eth2>eth2: eth1>eth1 does not answer (2.0 ms, 0.0 % lost)',
    'links: path eth2>eth2 to b is down',
    'links: b is not reached: eth2>eth2: none answers; it is used until one does',
  ]);
  expect(table.kept[0]).toMatchObject({ moves: 1, isUp: false });
});

test('a link goes on as it was led by a process before', () => {
  const { table } = started('a', { b: 2 });
  expect(table.of('b')?.choice).toMatchObject({ path: 2, reason: 'eth2>eth2: it was used before' });
  const now = steadyNow();
  expect(table.measured([{ ...report(1, true), since: now }, report(2, false)])).toEqual([]);
  expect(table.measured([{ ...report(1, true), since: now }, report(2, true)])).toEqual([]);
  expect(table.used).toEqual({ b: 2 });
});

test('of two nodes the one whose name comes first leads', () => {
  for (const [here, used] of [
    ['a', 1],
    ['c', 2],
  ] as const) {
    const { table } = started(here);
    table.measured([report(1, true, 2), report(2, true, 2)]);
    expect(table.of('b')?.choice.path).toBe(used);
  }
});
