import { describe, expect, it } from 'vitest';
import { described } from '../../../../test/support/p4info.ts';
import type { Link } from '../../ip.ts';
import type { Entity, Update } from '../../p4runtime/messages.ts';
import type { IngressPort } from '../edge.ts';
import { pipelineIds } from './pipeline-ids.ts';
import { planSlots } from './slots.ts';
import { countersOf, tableUpdates } from './tables.ts';

const ids = pipelineIds(described());
const lab: IngressPort = { vlan: 300, network: 'abcdefabcdef', name: 'lab', mtu: 1500 };
const refused = expect.objectContaining({ code: 'ERR_NETWORK_POOL' });

describe('tables of the switch', () => {
  const slotOf = new Map([[300, 4]]);
  const written = (updates: readonly Update[]): Entity[] =>
    updates.map(({ entity: { tableEntry } }) => ({ tableEntry }));

  it('have both ways of a network', () => {
    const updates = tableUpdates(ids, slotOf, []);
    const value = (hex: string) => Buffer.from(hex, 'hex');
    expect(updates.map(({ type }) => type)).toEqual([1, 1]);
    expect(updates[0]?.entity.tableEntry).toEqual({
      tableId: ids.fromWire.table,
      match: [{ fieldId: 1, exact: { value: value('012c') } }],
      action: { action: { actionId: ids.fromWire.action, params: [{ paramId: 1, value: value('05') }] } },
    });
    expect(updates[1]?.entity.tableEntry.match).toEqual([{ fieldId: 1, exact: { value: value('05') } }]);
  });

  it('are left alone where they are right, changed where not, and forget what nobody wants', () => {
    const there = written(tableUpdates(ids, slotOf, []));
    expect(tableUpdates(ids, slotOf, there)).toEqual([]);
    expect(tableUpdates(ids, new Map([[300, 6]]), there).map(({ type }) => type)).toEqual([2, 1, 3]);
    expect(tableUpdates(ids, new Map(), there).map(({ type }) => type)).toEqual([3, 3]);
    const fallback = { tableEntry: { tableId: ids.toWire.table, match: [] } };
    expect(tableUpdates(ids, new Map(), [fallback])).toEqual([]);
  });

  it('count frames without the tag that the edge adds', () => {
    const counters = written(tableUpdates(ids, slotOf, [])).flatMap(({ tableEntry }): Entity[] =>
      tableEntry
        ? [{ directCounterEntry: { tableEntry, data: { packetCount: '2', byteCount: '128' } } }]
        : [],
    );
    expect(countersOf(ids, slotOf, counters)).toEqual([
      {
        vlan: 300,
        toWire: { packets: 2, bytes: 128, dropped: 0 },
        fromWire: { packets: 2, bytes: 120, dropped: 0 },
      },
    ]);
    expect(countersOf(ids, slotOf, [])[0]?.toWire.packets).toBe(0);
  });
});

describe('slots of the switch', () => {
  const end = (ifname: string, link: string, ifalias?: string): Link => ({
    ifindex: 1,
    ifname,
    link,
    mtu: 1500,
    address: '02:00:00:00:00:01',
    operstate: 'UP',
    flags: ['UP'],
    ...(ifalias !== undefined && { ifalias }),
  });
  const free = [end('hq1', 'hf1', 'heddle ingress free free'), end('hf1', 'hq1')];
  const used = [end('hq2', 'hv300', 'heddle ingress abcdefabcdef lab'), end('hv300', 'hq2')];

  it('are all made before a switch starts, and given to networks', () => {
    const { changes, slotOf } = planSlots([lab], 2, []);
    expect(changes.filter((line) => line.startsWith('link add'))).toEqual([
      'link add hq1 type veth peer name hf1',
      'link add hq2 type veth peer name hf2',
    ]);
    expect(changes).toContain('link set hf1 name hv300 mtu 1500');
    expect(slotOf).toEqual(new Map([[300, 1]]));
  });

  it('stay with their network, and are free when it goes', () => {
    expect(planSlots([lab], 2, [...free, ...used])).toEqual({ changes: [], slotOf: new Map([[300, 2]]) });
    expect(planSlots([], 2, [...free, ...used]).changes).toContain('link set hv300 name hf2');
    const other = planSlots([{ ...lab, network: '000000000000' }], 2, [...free, ...used]);
    expect(other.changes).toContain('link set hv300 nomaster down');
    expect(other.slotOf).toEqual(new Map([[300, 1]]));
  });

  it('are not made of what somebody else has by that name', () => {
    const foreign = expect.objectContaining({
      code: 'ERR_NETWORK',
      message: expect.stringMatching(/^port 1 of the switch: interface h[qf]1 is there/),
    });
    for (const ends of [[end('hq1', 'hf1')], [end('hf1', 'mine')], [end('hq1', 'hf1', 'mine')]])
      expect(() => planSlots([lab], 2, ends)).toThrow(foreign);
  });

  it('run out', () => {
    expect(() => planSlots([lab, { ...lab, vlan: 301 }], 1, [])).toThrow(refused);
  });
});
