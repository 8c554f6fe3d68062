import protobuf from 'protobufjs/light.js';

// What Heddle says and hears of P4Runtime (p4/v1/p4runtime.proto of 1.4): names, numbers and types of fields. What is not here is
// passed over when it is received. The description of a pipeline goes to the switch in bytes, as the compiler wrote it; what is looked for
// in it is here as well (p4/config/v1/p4info.proto).

type Field = readonly [number, string, 'repeated'?];

function message(fields: Readonly<Record<string, Field>>) {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [id, type, rule]]) => [name, { id, type, ...(rule && { rule }) }]),
    ),
  };
}

const p4 = {
  Uint128: message({ high: [1, 'uint64'], low: [2, 'uint64'] }),
  WriteRequest: message({
    deviceId: [1, 'uint64'],
    electionId: [3, 'Uint128'],
    updates: [4, 'Update', 'repeated'],
  }),
  WriteResponse: message({}),
  ReadRequest: message({ deviceId: [1, 'uint64'], entities: [2, 'Entity', 'repeated'] }),
  ReadResponse: message({ entities: [1, 'Entity', 'repeated'] }),
  Update: message({ type: [1, 'uint32'], entity: [2, 'Entity'] }),
  Entity: message({ tableEntry: [2, 'TableEntry'], directCounterEntry: [8, 'DirectCounterEntry'] }),
  TableEntry: message({
    tableId: [1, 'uint32'],
    match: [2, 'FieldMatch', 'repeated'],
    action: [3, 'TableAction'],
    isDefaultAction: [8, 'bool'],
  }),
  FieldMatch: message({ fieldId: [1, 'uint32'], exact: [2, 'Exact'] }),
  Exact: message({ value: [1, 'bytes'] }),
  TableAction: message({ action: [1, 'Action'] }),
  Action: message({ actionId: [1, 'uint32'], params: [4, 'Param', 'repeated'] }),
  Param: message({ paramId: [2, 'uint32'], value: [3, 'bytes'] }),
  DirectCounterEntry: message({ tableEntry: [1, 'TableEntry'], data: [2, 'CounterData'] }),
  CounterData: message({ byteCount: [1, 'int64'], packetCount: [2, 'int64'] }),
  StreamMessageRequest: message({ arbitration: [1, 'MasterArbitrationUpdate'], packet: [2, 'PacketOut'] }),
  StreamMessageResponse: message({ arbitration: [1, 'MasterArbitrationUpdate'], error: [6, 'StreamError'] }),
  PacketOut: message({ payload: [1, 'bytes'] }),
  MasterArbitrationUpdate: message({
    deviceId: [1, 'uint64'],
    electionId: [3, 'Uint128'],
    status: [4, 'Status'],
  }),
  StreamError: message({ canonicalCode: [1, 'int32'], message: [2, 'string'] }),
  SetForwardingPipelineConfigRequest: message({
    deviceId: [1, 'uint64'],
    electionId: [3, 'Uint128'],
    action: [4, 'uint32'],
    config: [5, 'ForwardingPipelineConfig'],
  }),
  SetForwardingPipelineConfigResponse: message({}),
  GetForwardingPipelineConfigRequest: message({ deviceId: [1, 'uint64'], responseType: [2, 'uint32'] }),
  GetForwardingPipelineConfigResponse: message({ config: [1, 'ForwardingPipelineConfig'] }),
  ForwardingPipelineConfig: message({
    p4info: [1, 'bytes'],
    p4DeviceConfig: [2, 'bytes'],
    cookie: [3, 'Cookie'],
  }),
  Cookie: message({ cookie: [1, 'uint64'] }),
  P4Info: message({
    tables: [2, 'InfoTable', 'repeated'],
    actions: [3, 'InfoAction', 'repeated'],
    directCounters: [6, 'DirectCounter', 'repeated'],
  }),
  Preamble: message({ id: [1, 'uint32'], name: [2, 'string'], alias: [3, 'string'] }),
  InfoTable: message({
    preamble: [1, 'Preamble'],
    matchFields: [2, 'MatchField', 'repeated'],
    actionRefs: [3, 'ActionRef', 'repeated'],
  }),
  MatchField: message({ id: [1, 'uint32'], bitwidth: [4, 'int32'], matchType: [5, 'uint32'] }),
  ActionRef: message({ id: [1, 'uint32'] }),
  InfoAction: message({ preamble: [1, 'Preamble'], params: [2, 'InfoParam', 'repeated'] }),
  InfoParam: message({ id: [1, 'uint32'], bitwidth: [4, 'int32'] }),
  DirectCounter: message({
    preamble: [1, 'Preamble'],
    spec: [2, 'CounterSpec'],
    directTableId: [3, 'uint32'],
  }),
  CounterSpec: message({ unit: [1, 'uint32'] }),
  Error: message({ canonicalCode: [1, 'int32'], message: [2, 'string'] }),
  /** google.rpc.Status, and google.protobuf.Any in it. */
  Status: message({ code: [1, 'int32'], message: [2, 'string'], details: [3, 'Any', 'repeated'] }),
  Any: message({ typeUrl: [1, 'string'], value: [2, 'bytes'] }),
};

const root = protobuf.Root.fromJSON({ nested: p4 });

/** `Update.Type`. */
export const updateType = { insert: 1, modify: 2, delete: 3 } as const;
/** `SetForwardingPipelineConfigRequest.Action`: what was there before is forgotten, or goes on. */
export const pipelineAction = { verifyAndCommit: 3, reconcileAndCommit: 5 } as const;
/** `GetForwardingPipelineConfigRequest.ResponseType`. */
export const responseType = { cookieOnly: 1, p4infoAndCookie: 2 } as const;
/** `google.rpc.Code`, of those that have a meaning here. */
export const code = {
  ok: 0,
  unknown: 2,
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
} as const;

export type MessageName = keyof typeof p4;

export function encode(name: MessageName, value: object): Buffer {
  const type = root.lookupType(name);
  return Buffer.from(type.encode(type.fromObject(value)).finish());
}

/** @throws Error where the bytes are no such message */
export function decode<T>(name: MessageName, bytes: Uint8Array): T {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: String, arrays: true }) as T;
}

export interface Uint128 {
  readonly high?: string;
  readonly low?: string;
}

/** What was received may lack whatever may be absent here: fields of other kinds of match and action are not known. */
export interface TableEntry {
  readonly tableId?: number;
  readonly match: readonly { readonly fieldId?: number; readonly exact?: { readonly value?: Uint8Array } }[];
  readonly action?: {
    readonly action?: {
      readonly actionId?: number;
      readonly params: readonly { readonly paramId?: number; readonly value?: Uint8Array }[];
    };
  };
}

export interface Update {
  readonly type: (typeof updateType)[keyof typeof updateType];
  readonly entity: { readonly tableEntry: TableEntry };
}

export interface Entity {
  readonly tableEntry?: TableEntry;
  readonly directCounterEntry?: {
    readonly tableEntry?: TableEntry;
    readonly data?: { readonly byteCount?: string; readonly packetCount?: string };
  };
}

export interface Status {
  readonly code?: number;
  readonly message?: string;
  readonly details?: readonly { readonly typeUrl?: string; readonly value?: Uint8Array }[];
}

export interface Arbitration {
  readonly deviceId?: string;
  readonly electionId?: Uint128;
  readonly status?: Status;
}

interface Preamble {
  readonly id?: number;
  readonly name?: string;
  readonly alias?: string;
}

interface Sized {
  readonly id?: number;
  readonly bitwidth?: number;
}

export interface InfoTable {
  readonly preamble?: Preamble;
  readonly matchFields: readonly (Sized & { readonly matchType?: number })[];
  readonly actionRefs: readonly { readonly id?: number }[];
}

export interface InfoAction {
  readonly preamble?: Preamble;
  readonly params: readonly Sized[];
}

/** What a compiler says of a program. */
export interface P4Info {
  readonly tables: readonly InfoTable[];
  readonly actions: readonly InfoAction[];
  readonly directCounters: readonly {
    readonly spec?: { readonly unit?: number };
    readonly directTableId?: number;
  }[];
}

/** `MatchField.MatchType`, and `CounterSpec.Unit`. */
export const exactMatch = 2;
export const packetsAndBytes = 3;

/** The service's methods by their paths (`p4.v1.P4Runtime`). */
export const methods = {
  write: '/p4.v1.P4Runtime/Write',
  read: '/p4.v1.P4Runtime/Read',
  setPipeline: '/p4.v1.P4Runtime/SetForwardingPipelineConfig',
  getPipeline: '/p4.v1.P4Runtime/GetForwardingPipelineConfig',
  stream: '/p4.v1.P4Runtime/StreamChannel',
} as const;
