import { expect, test } from 'vitest';
import { tableChanges } from './table.ts';

const b = { mac: '02:00:00:00:00:0b', addresses: ['10.9.0.3', 'fd00::3'], vtep: '192.0.2.2' };
const nothing = { entries: [], neighbours: [] };
const whole = {
  entries: [
    { mac: b.mac, dst: b.vtep, state: 'static' },
    { mac: '02:00:00:00:00:01', state: 'permanent' },
  ],
  neighbours: b.addresses.map((dst) => ({ dst, lladdr: b.mac, state: ['PERMANENT'] })),
};

test('a tunnel is told where whoever is elsewhere is, and whose its addresses are', () => {
  expect(tableChanges('ho1', [b], nothing)).toEqual({
    bridge: [`fdb replace ${b.mac} dev ho1 dst 192.0.2.2 self static`],
    ip: [
      `neigh replace 10.9.0.3 lladdr ${b.mac} dev ho1 nud permanent`,
      `neigh replace fd00::3 lladdr ${b.mac} dev ho1 nud permanent`,
    ],
  });
  expect(tableChanges('ho1', [b], whole)).toEqual({ bridge: [], ip: [] });
});

test('who moves to another host is led to there, and who goes is forgotten', () => {
  expect(tableChanges('ho1', [{ ...b, vtep: '192.0.2.3' }], whole)).toEqual({
    bridge: [`fdb replace ${b.mac} dev ho1 dst 192.0.2.3 self static`],
    ip: [],
  });
  expect(tableChanges('ho1', [], whole)).toEqual({
    bridge: [`fdb del ${b.mac} dev ho1 dst 192.0.2.2 self`],
    ip: ['neigh del 10.9.0.3 dev ho1', 'neigh del fd00::3 dev ho1'],
  });
});
