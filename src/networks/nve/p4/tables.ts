import { bytesOf, numberOf } from '../../p4runtime/bytes.ts';
import { type Entity, type TableEntry, type Update, updateType } from '../../p4runtime/messages.ts';
import type { PortCounters } from '../edge.ts';
import { numberOfSlot } from './slots.ts';

// The tables of dataplane/nve.p4, by the ids that stand there. Pure.

export const tables = { toWire: 0x02000001, fromWire: 0x02000002 } as const;
export const actions = { push: 0x01000002, pop: 0x01000003 } as const;

/** What a table has: what is looked for, and what is done with it. */
interface Row {
  readonly tableId: number;
  readonly key: number;
  readonly actionId: number;
  readonly value: number;
}

/** What is read of both tables: all of each. */
export const everything: readonly Entity[] = Object.values(tables).map((tableId) => ({
  tableEntry: { tableId, match: [] },
}));

export const everyCounter: readonly Entity[] = Object.values(tables).map((tableId) => ({
  directCounterEntry: { tableEntry: { tableId, match: [] } },
}));

/** What has to be said to the switch, of what it has: first what comes and changes, then what goes. `slotOf`: by VLAN id. */
export function tableUpdates(slotOf: ReadonlyMap<number, number>, found: readonly Entity[]): Update[] {
  const there = new Map(
    found.flatMap(({ tableEntry }) => {
      const row = tableEntry && rowOf(tableEntry);
      return row ? [[keyOf(row), row] as const] : [];
    }),
  );
  const wanted = [...slotOf].flatMap(([vlan, slot]): Row[] => [
    { tableId: tables.fromWire, key: vlan, actionId: actions.pop, value: numberOfSlot(slot) },
    { tableId: tables.toWire, key: numberOfSlot(slot), actionId: actions.push, value: vlan },
  ]);
  const kept = new Set(wanted.map(keyOf));
  const updates = wanted.flatMap((row): Update[] => {
    const before = there.get(keyOf(row));
    if (before?.actionId === row.actionId && before.value === row.value) return [];
    return [{ type: before ? updateType.modify : updateType.insert, entity: { tableEntry: entryOf(row) } }];
  });
  const surplus = [...there.values()].filter((row) => !kept.has(keyOf(row)));
  return [
    ...updates,
    ...surplus.map(
      (row): Update => ({ type: updateType.delete, entity: { tableEntry: { ...entryOf(row) } } }),
    ),
  ];
}

/** Bytes of a tag, with which the switch counts what comes from the wire. */
const tagLength = 4;

/** What the counters of both tables say. */
export function countersOf(slotOf: ReadonlyMap<number, number>, found: readonly Entity[]): PortCounters[] {
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
    const toWire = counted.get(`${tables.toWire} ${numberOfSlot(slot)}`) ?? none;
    const { packets, bytes } = counted.get(`${tables.fromWire} ${vlan}`) ?? none;
    return {
      vlan,
      toWire: { ...toWire, dropped: 0 },
      fromWire: { packets, bytes: bytes - tagLength * packets, dropped: 0 },
    };
  });
}

function keyOf({ tableId, key }: Row): string {
  return `${tableId} ${key}`;
}

/** What is none of this program's is passed over. */
function rowOf(entry: TableEntry): Row | undefined {
  const key = keyIn(entry);
  const { tableId, action } = entry;
  const { actionId, params = [] } = action?.action ?? {};
  if (key === undefined || tableId === undefined || actionId === undefined) return undefined;
  return { tableId, key, actionId, value: numberOf(params[0]?.value) };
}

/** Nothing of the default entry, and of what is no number of a key's size. */
function keyIn({ match: [first] }: TableEntry): number | undefined {
  const key = first?.exact && numberOf(first.exact.value);
  return Number.isSafeInteger(key) ? key : undefined;
}

function entryOf({ tableId, key, actionId, value }: Row): TableEntry {
  return {
    tableId,
    match: [{ fieldId: 1, exact: { value: bytesOf(key) } }],
    action: { action: { actionId, params: [{ paramId: 1, value: bytesOf(value) }] } },
  };
}
