import { expect, test } from 'vitest';
import { described, nve, renumbered } from '../../../../test/support/p4info.ts';
import { isAlike, pipelineIds } from './pipeline-ids.ts';

const ids = pipelineIds(described());

test('what the edge tells the switch of is found by name, whatever its ids are', () => {
  expect(ids).toEqual({
    toWire: { table: 0x02000001, field: 1, action: 0x01000002, param: 1 },
    fromWire: { table: 0x02000002, field: 1, action: 0x01000003, param: 1 },
  });
  const other = pipelineIds(described(renumbered()));
  expect(other.fromWire).toMatchObject({ table: 0x02000102, action: 0x01000103 });
  expect([isAlike(ids, pipelineIds(described())), isAlike(ids, other)]).toEqual([true, false]);
});

const [toWire, fromWire] = nve.tables;
const [drop, push, pop] = nve.actions;

test.each<[string, object, string]>([
  ['a table', { tables: [toWire] }, 'no table from_wire'],
  [
    'a key of its size',
    { tables: [{ ...toWire, matchFields: [{ id: 1, bitwidth: 16, matchType: 2 }] }, fromWire] },
    'no exact match of 9 bits alone as the key of table to_wire',
  ],
  [
    'a key that is matched exactly',
    { tables: [{ ...toWire, matchFields: [{ id: 1, bitwidth: 9, matchType: 4 }] }, fromWire] },
    'no exact match of 9 bits',
  ],
  ['an action', { actions: [drop, push] }, 'no action pop of table from_wire'],
  [
    'an action of the table’s',
    { tables: [{ ...toWire, actionRefs: [] }, fromWire] },
    'no action push of table to_wire',
  ],
  ['one parameter', { actions: [drop, { ...push, params: [] }, pop] }, 'with one parameter of 12 bits'],
  [
    'counters',
    { directCounters: [{ spec: { unit: 2 }, directTableId: 0x02000001 }] },
    'no direct counter of packets and bytes on table to_wire',
  ],
])('a pipeline without %s is refused', (_, lacking, why) => {
  const refused = expect.objectContaining({
    code: 'ERR_NETWORK_PROGRAM',
    message: expect.stringContaining(why),
  });
  expect(() => pipelineIds(described({ ...nve, ...lacking }))).toThrow(refused);
});

test('what is no description is refused', () => {
  expect(() => pipelineIds(Buffer.from('tables {'))).toThrow('its description is no P4Info');
  expect(() => pipelineIds(Buffer.alloc(0))).toThrow('no table to_wire');
});
