import { HeddleError } from '../../../lib/errors.ts';
import { decode, exactMatch, type P4Info, packetsAndBytes } from '../../p4runtime/messages.ts';

/** How a pipeline calls one way through it by number: a table with one key, and an action with one parameter. */
export interface WayIds {
  readonly table: number;
  readonly field: number;
  readonly action: number;
  readonly param: number;
}

export interface PipelineIds {
  readonly toWire: WayIds;
  readonly fromWire: WayIds;
}

/** What a pipeline has to have, as dataplane/nve.p4 has it; sizes are bits. */
const ways = {
  toWire: { table: 'to_wire', key: 9, action: 'push', value: 12 },
  fromWire: { table: 'from_wire', key: 12, action: 'pop', value: 9 },
} as const;

/**
 * Checks the compiler's description of a pipeline (P4Info), and finds in it by name what the edge tells the switch of. Pure.
 * @throws HeddleError ERR_NETWORK_PROGRAM with what it lacks
 */
export function pipelineIds(description: Uint8Array): PipelineIds {
  const info = read(description);
  return { toWire: wayIn(info, ways.toWire), fromWire: wayIn(info, ways.fromWire) };
}

/** Whether what is in the tables of one has its place in those of the other. */
export function isAlike(one: PipelineIds, other: PipelineIds): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function wayIn(info: P4Info, { table, key, action, value }: (typeof ways)[keyof typeof ways]): WayIds {
  const found = info.tables.find(({ preamble }) => isCalled(preamble, table));
  if (!found) throw lacking(`no table ${table}`);
  const [field, ...fields] = found.matchFields;
  if (field?.matchType !== exactMatch || field.bitwidth !== key || fields.length > 0)
    throw lacking(`no exact match of ${key} bits alone as the key of table ${table}`);
  const refs = new Set(found.actionRefs.map(({ id }) => id));
  const done = info.actions.find(({ preamble }) => isCalled(preamble, action) && refs.has(preamble?.id));
  const [param, ...params] = done?.params ?? [];
  if (!done || param?.bitwidth !== value || params.length > 0)
    throw lacking(`no action ${action} of table ${table} with one parameter of ${value} bits`);
  const id = found.preamble?.id ?? 0;
  const counter = info.directCounters.find(({ directTableId }) => directTableId === id);
  if (counter?.spec?.unit !== packetsAndBytes)
    throw lacking(`no direct counter of packets and bytes on table ${table}`);
  return { table: id, field: field.id ?? 0, action: done.preamble?.id ?? 0, param: param.id ?? 0 };
}

/** By its whole name, `EdgeIngress.to_wire`, or by what is short for it and nobody else's. */
function isCalled(preamble: P4Info['tables'][number]['preamble'], name: string): boolean {
  return preamble?.alias === name || preamble?.name?.split('.').at(-1) === name;
}

function read(description: Uint8Array): P4Info {
  try {
    return decode<P4Info>('P4Info', description);
  } catch (cause) {
    throw new HeddleError('ERR_NETWORK_PROGRAM', 'the edge’s pipeline: its description is no P4Info', {
      cause,
      hint: 'p4c writes it in bytes where its file ends with .bin',
    });
  }
}

function lacking(what: string): HeddleError {
  return new HeddleError('ERR_NETWORK_PROGRAM', `the edge’s pipeline: its description has ${what}`, {
    hint: 'a pipeline of one’s own has tables and actions as dataplane/nve.p4 has them',
  });
}
