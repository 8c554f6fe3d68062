import { joined, malformed, padded, type Reader, u8, u16, u32, u64, zeros } from './bytes.ts';
import { decodeField, encodeField, type Match } from './match.ts';

/** What is done with a packet (OpenFlow 1.3.5, A.2.5). */
export type Action =
  /** `bytes`: of a packet for the controller. */
  | { readonly type: 'output'; readonly port: number; readonly bytes?: number }
  | { readonly type: 'group'; readonly group: number }
  | { readonly type: 'pushVlan'; readonly ethType: number }
  | { readonly type: 'popVlan' }
  | { readonly type: 'setField'; readonly field: Match };

/** What a flow says (A.2.4). */
export type Instruction =
  /** Packets beyond the meter's rate go no further. It comes before all else, whatever its place here. */
  | { readonly type: 'meter'; readonly meter: number }
  | { readonly type: 'goto'; readonly table: number }
  | { readonly type: 'writeMetadata'; readonly metadata: bigint; readonly mask: bigint }
  | { readonly type: 'write'; readonly actions: readonly Action[] }
  | { readonly type: 'apply'; readonly actions: readonly Action[] }
  | { readonly type: 'clear' };

const actionType = { output: 0, pushVlan: 17, popVlan: 18, group: 22, setField: 25 } as const;
const instructionType = { goto: 1, writeMetadata: 2, write: 3, apply: 4, clear: 5, meter: 6 } as const;

export function encodeActions(actions: readonly Action[]): Buffer {
  return joined(...actions.map(encodeAction));
}

function encodeAction(action: Action): Buffer {
  switch (action.type) {
    case 'output':
      return withHead(actionType.output, u32(action.port), u16(action.bytes ?? 0), zeros(6));
    case 'group':
      return withHead(actionType.group, u32(action.group));
    case 'pushVlan':
      return withHead(actionType.pushVlan, u16(action.ethType), zeros(2));
    case 'popVlan':
      return withHead(actionType.popVlan, zeros(4));
    case 'setField': {
      const [[name, value]] = Object.entries(action.field) as [[keyof Match, string | number | bigint]];
      return withHead(actionType.setField, padded(joined(zeros(4), encodeField(name, value))).subarray(4));
    }
  }
}

/** Type and length before what is whole with its padding. */
function withHead(type: number, ...body: readonly Buffer[]): Buffer {
  const bytes = joined(...body);
  return joined(u16(type), u16(4 + bytes.length), bytes);
}

export function decodeActions(reader: Reader): Action[] {
  const actions: Action[] = [];
  while (reader.left > 0) actions.push(decodeAction(reader));
  return actions;
}

function decodeAction(reader: Reader): Action {
  const type = reader.u16();
  const body = reader.part(reader.u16() - 4);
  switch (type) {
    case actionType.output: {
      const port = body.u32();
      const bytes = body.u16();
      return { type: 'output', port, ...(bytes > 0 && { bytes }) };
    }
    case actionType.group:
      return { type: 'group', group: body.u32() };
    case actionType.pushVlan:
      return { type: 'pushVlan', ethType: body.u16() };
    case actionType.popVlan:
      return { type: 'popVlan' };
    case actionType.setField:
      return { type: 'setField', field: decodeField(body) };
    default:
      throw malformed(`an action of type ${type} is not known`);
  }
}

export function encodeInstructions(instructions: readonly Instruction[]): Buffer {
  return joined(...instructions.map(encodeInstruction));
}

function encodeInstruction(instruction: Instruction): Buffer {
  switch (instruction.type) {
    case 'meter':
      return withHead(instructionType.meter, u32(instruction.meter));
    case 'goto':
      return withHead(instructionType.goto, u8(instruction.table), zeros(3));
    case 'writeMetadata':
      return withHead(
        instructionType.writeMetadata,
        zeros(4),
        u64(instruction.metadata),
        u64(instruction.mask),
      );
    case 'write':
    case 'apply':
      return withHead(instructionType[instruction.type], zeros(4), encodeActions(instruction.actions));
    case 'clear':
      return withHead(instructionType.clear, zeros(4));
  }
}

export function decodeInstructions(reader: Reader): Instruction[] {
  const instructions: Instruction[] = [];
  while (reader.left > 0) instructions.push(decodeInstruction(reader));
  return instructions;
}

function decodeInstruction(reader: Reader): Instruction {
  const type = reader.u16();
  const body = reader.part(reader.u16() - 4);
  if (type === instructionType.goto) return { type: 'goto', table: body.u8() };
  if (type === instructionType.meter) return { type: 'meter', meter: body.u32() };
  body.skip(4);
  switch (type) {
    case instructionType.writeMetadata:
      return { type: 'writeMetadata', metadata: body.u64(), mask: body.u64() };
    case instructionType.write:
      return { type: 'write', actions: decodeActions(body) };
    case instructionType.apply:
      return { type: 'apply', actions: decodeActions(body) };
    case instructionType.clear:
      return { type: 'clear' };
    default:
      throw malformed(`an instruction of type ${type} is not known`);
  }
}
