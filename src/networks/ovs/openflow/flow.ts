import {
  type Action,
  decodeActions,
  decodeInstructions,
  encodeActions,
  encodeInstructions,
  type Instruction,
} from './actions.ts';
import { joined, malformed, type Reader, u8, u16, u32, u64, zeros } from './bytes.ts';
import { decodeMatch, encodeMatch, type Match } from './match.ts';
import { anyGroup, noBuffer, port } from './numbers.ts';

/** What a table of a switch has (OpenFlow 1.3.5, 5.2). Timeouts in seconds, 0 for never. */
export interface Flow {
  readonly table: number;
  readonly priority: number;
  readonly cookie: bigint;
  readonly match: Match;
  readonly instructions: readonly Instruction[];
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  /** That the controller is told when it goes. */
  readonly reportsRemoval: boolean;
}

export interface FlowMod extends Flow {
  readonly command: number;
  /** Which bits of the cookie a flow to be changed or deleted has to have. */
  readonly cookieMask: bigint;
}

export interface CountedFlow extends Flow {
  /** Seconds that it has been there. */
  readonly age: number;
  readonly packets: bigint;
  readonly bytes: bigint;
}

export interface GroupMod {
  readonly command: number;
  readonly type: number;
  readonly group: number;
  /** Of a group of type `all`, each gets the packet. */
  readonly buckets: readonly (readonly Action[])[];
}

const sendsFlowRemoved = 1;

/** A.3.4.1, `ofp_flow_mod`. */
export function encodeFlowMod(flow: FlowMod): Buffer {
  return joined(
    u64(flow.cookie),
    u64(flow.cookieMask),
    u8(flow.table),
    u8(flow.command),
    u16(flow.idleTimeout),
    u16(flow.hardTimeout),
    u16(flow.priority),
    u32(noBuffer),
    u32(port.any),
    u32(anyGroup),
    u16(flow.reportsRemoval ? sendsFlowRemoved : 0),
    zeros(2),
    encodeMatch(flow.match),
    encodeInstructions(flow.instructions),
  );
}

export function decodeFlowMod(reader: Reader): FlowMod {
  const cookie = reader.u64();
  const cookieMask = reader.u64();
  const table = reader.u8();
  const command = reader.u8();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const priority = reader.u16();
  reader.skip(12);
  const reportsRemoval = (reader.u16() & sendsFlowRemoved) !== 0;
  reader.skip(2);
  const match = decodeMatch(reader);
  const instructions = decodeInstructions(reader);
  return {
    table,
    priority,
    cookie,
    cookieMask,
    command,
    match,
    instructions,
    idleTimeout,
    hardTimeout,
    reportsRemoval,
  };
}

/** A.3.5.2, `ofp_flow_stats`: one of several. */
export function encodeCountedFlow(flow: CountedFlow): Buffer {
  const body = joined(
    u8(flow.table),
    zeros(1),
    u32(flow.age),
    zeros(4),
    u16(flow.priority),
    u16(flow.idleTimeout),
    u16(flow.hardTimeout),
    u16(flow.reportsRemoval ? sendsFlowRemoved : 0),
    zeros(4),
    u64(flow.cookie),
    u64(flow.packets),
    u64(flow.bytes),
    encodeMatch(flow.match),
    encodeInstructions(flow.instructions),
  );
  return joined(u16(2 + body.length), body);
}

export function decodeCountedFlow(whole: Reader): CountedFlow {
  const reader = whole.part(whole.u16() - 2);
  const table = reader.u8();
  reader.skip(1);
  const age = reader.u32();
  reader.skip(4);
  const priority = reader.u16();
  const idleTimeout = reader.u16();
  const hardTimeout = reader.u16();
  const reportsRemoval = (reader.u16() & sendsFlowRemoved) !== 0;
  reader.skip(4);
  const cookie = reader.u64();
  const packets = reader.u64();
  const bytes = reader.u64();
  const match = decodeMatch(reader);
  const instructions = decodeInstructions(reader);
  return {
    table,
    priority,
    cookie,
    match,
    instructions,
    idleTimeout,
    hardTimeout,
    reportsRemoval,
    age,
    packets,
    bytes,
  };
}

/** A.3.4.2, `ofp_group_mod`. */
export function encodeGroupMod({ command, type, group, buckets }: GroupMod): Buffer {
  return joined(u16(command), u8(type), zeros(1), u32(group), ...buckets.map(encodeBucket));
}

export function decodeGroupMod(reader: Reader): GroupMod {
  const command = reader.u16();
  const type = reader.u8();
  reader.skip(1);
  const group = reader.u32();
  const buckets: Action[][] = [];
  while (reader.left > 0) {
    const bucket = reader.part(reader.u16() - 2);
    bucket.skip(14);
    buckets.push(decodeActions(bucket));
  }
  return { command, type, group, buckets };
}

function encodeBucket(actions: readonly Action[]): Buffer {
  const encoded = encodeActions(actions);
  const length = 16 + encoded.length;
  if (length > 0xffff) throw malformed('a bucket is too long');
  return joined(u16(length), u16(0), u32(port.any), u32(anyGroup), zeros(4), encoded);
}
