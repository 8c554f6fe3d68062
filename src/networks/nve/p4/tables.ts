import { bytesOf, numberOf } from '../../p4runtime/bytes.ts';
import { type Entity, type TableEntry, type Update, updateType } from '../../p4runtime/messages.ts';
import type { PortCounters } from '../edge.ts';
import type { PipelineIds, WayIds } from './pipeline-ids.ts';
import { numberOfSlot } from './slots.ts';

// What is in the tables of a pipeline like dataplane/nve.p4. Pure.

/** What a table has: what is looked for, and what is done with it. */
interface Row {
  readonly way: WayIds;
  readonly key: number;
  readonly value: number;
}

/** What is read of both tables: all of each. */
export function everything(ids: PipelineIds): Entity[] {
  return waysOf(ids).map(({ table }) => ({ tableEntry: { tableId: table, match: [] } }));
}

export function everyCounter(ids: PipelineIds): Entity[] {
  return waysOf(ids).map(({ table }) => ({
    directCounterEntry: { tableEntry: { tableId: table, match: [] } },
  }));
}

/** What has to be said to the switch, of what it has: first what comes and changes, then what goes. `slotOf`: by VLAN id. */
export function tableUpdates(
  ids: PipelineIds,
  slotOf: ReadonlyMap<number, number>,
  found: readonly Entity[],
): Update[] {
  const there = new Map(
    found.flatMap(({ tableEntry }) => {
      const row = tableEntry && rowOf(ids, tableEntry);
      return row ? [[keyOf(row), row] as const] : [];
    }),
  );
  const wanted = [...slotOf].flatMap(([vlan, slot]): Row[] => [
    { way: ids.fromWire, key: vlan, value: numberOfSlot(slot) },
    { way: ids.toWire, key: numberOfSlot(slot), value: vlan },
  ]);
  const kept = new Set(wanted.map(keyOf));
  const updates = wanted.flatMap((row): Update[] => {
    const before = there.get(keyOf(row));
    if (before?.isOwn && before.value === row.value) return [];
    return [{ type: before ? updateType.modify : updateType.insert, entity: { tableEntry: entryOf(row) } }];
  });
  const surplus = [...there.values()].filter((row) => !kept.has(keyOf(row)));
  return [
    ...updates,
    ...surplus.map((row): Update => ({ type: updateType.delete, entity: { tableEntry: entryOf(row) } })),
  ];
}

/** Bytes of a tag, with which the switch counts what comes from the wire. */
const tagLength = 4;

/** What the counters of both tables say. */
export function countersOf(
  ids: PipelineIds,
  slotOf: ReadonlyMap<number, number>,
  found: readonly Entity[],
): PortCounters[] {
  const counted = new Map(
    found.flatMap(({ directCounterEntry }) => {
      const entry = directCounterEntry?.tableEntry;
      const key = entry && keyIn(entry);
      if (key === undefined) return [];
      const { packetCount = '0', byteCount = '0' } = directCounterEntry?.data ?? {};
      const passed = { packets: Number(packetCount), bytes: Number(byteCount) };
      return [[`${entry?.tableId} ${key}`, passed] as const];
    }),
  );
  const none = { packets: 0, bytes: 0 };
  return [...slotOf].map(([vlan, slot]) => {
    const toWire = counted.get(`${ids.toWire.table} ${numberOfSlot(slot)}`) ?? none;
    const { packets, bytes } = counted.get(`${ids.fromWire.table} ${vlan}`) ?? none;
    return {
      vlan,
      toWire: { ...toWire, dropped: 0 },
      fromWire: { packets, bytes: bytes - tagLength * packets, dropped: 0 },
    };
  });
}

function keyOf({ way, key }: Row): string {
  return `${way.table} ${key}`;
}

/** What is none of these tables' is passed over. `isOwn`: it does with what it finds what Heddle has it do. */
function rowOf(ids: PipelineIds, entry: TableEntry): (Row & { readonly isOwn: boolean }) | undefined {
  const key = keyIn(entry);
  const way = waysOf(ids).find(({ table }) => table === entry.tableId);
  const { actionId, params = [] } = entry.action?.action ?? {};
  if (key === undefined || !way || actionId === undefined) return undefined;
  const isOwn = actionId === way.action && params.length === 1;
  return { way, key, value: numberOf(params[0]?.value), isOwn };
}

/** Nothing of the default entry, and of what is no number of a key's size. */
function keyIn({ match: [first] }: TableEntry): number | undefined {
  const key = first?.exact && numberOf(first.exact.value);
  return Number.isSafeInteger(key) ? key : undefined;
}

function entryOf({ way, key, value }: Row): TableEntry {
  return {
    tableId: way.table,
    match: [{ fieldId: way.field, exact: { value: bytesOf(key) } }],
    action: { action: { actionId: way.action, params: [{ paramId: way.param, value: bytesOf(value) }] } },
  };
}

function waysOf({ toWire, fromWire }: PipelineIds): readonly WayIds[] {
  return [toWire, fromWire];
}
