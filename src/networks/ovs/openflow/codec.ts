import { decodeActions, encodeActions } from './actions.ts';
import { joined, malformed, Reader, u8, u16, u32, u64, zeros } from './bytes.ts';
import { decodeFlowMod, decodeGroupMod, encodeFlowMod, encodeGroupMod } from './flow.ts';
import { decodeMatch, encodeMatch } from './match.ts';
import type { Message, MessageOf } from './message.ts';
import { decodeMeterMod, encodeMeterMod } from './meter.ts';
import {
  decodeMultipartReply,
  decodeMultipartRequest,
  encodeMultipartReply,
  encodeMultipartRequest,
} from './multipart.ts';
import { headerLength, messageType, noBuffer, version } from './numbers.ts';
import { decodePort, encodePort } from './port.ts';

/** What one type of message has behind its header. */
interface Body<M extends Message> {
  readonly encode: (message: M) => Buffer;
  readonly decode: (reader: Reader) => M;
}

type Named = Exclude<Message['type'], 'other'>;

const empty = <Type extends Named>(type: Type) =>
  ({ encode: () => zeros(0), decode: () => ({ type }) }) as unknown as Body<MessageOf<Type>>;

const echo = <Type extends 'echoRequest' | 'echoReply'>(type: Type) =>
  ({
    encode: ({ data }: { readonly data: Buffer }) => data,
    decode: (reader: Reader) => ({ type, data: reader.rest() }),
  }) as unknown as Body<MessageOf<Type>>;

const config = <Type extends 'getConfigReply' | 'setConfig'>(type: Type) =>
  ({
    encode: ({ missBytes }: { readonly missBytes: number }) => joined(u16(0), u16(missBytes)),
    decode: (reader: Reader) => {
      reader.skip(2);
      return { type, missBytes: reader.u16() };
    },
  }) as unknown as Body<MessageOf<Type>>;

const roleBody = <Type extends 'roleRequest' | 'roleReply'>(type: Type) =>
  ({
    encode: ({ role, generation }: { readonly role: number; readonly generation: bigint }) =>
      joined(u32(role), zeros(4), u64(generation)),
    decode: (reader: Reader) => {
      const role = reader.u32();
      reader.skip(4);
      return { type, role, generation: reader.u64() };
    },
  }) as unknown as Body<MessageOf<Type>>;

const bodies: { readonly [Type in Named]: Body<MessageOf<Type>> } = {
  hello: {
    // One element, of type 1: a bitmap of versions (A.5.1).
    encode: ({ versions }) =>
      joined(u16(1), u16(8), u32(versions.reduce((bits, one) => bits | (1 << one), 0) >>> 0)),
    decode: (reader) => ({ type: 'hello', versions: decodeVersions(reader) }),
  },
  error: {
    encode: ({ errorType, code, data }) => joined(u16(errorType), u16(code), data),
    decode: (reader) => ({
      type: 'error',
      errorType: reader.u16(),
      code: reader.u16(),
      data: reader.rest(),
    }),
  },
  echoRequest: echo('echoRequest'),
  echoReply: echo('echoReply'),
  featuresRequest: empty('featuresRequest'),
  featuresReply: {
    encode: ({ datapathId, tables }) =>
      joined(Buffer.from(datapathId, 'hex'), u32(0), u8(tables), zeros(3), zeros(8)),
    decode: (reader) => {
      const datapathId = reader.bytes(8).toString('hex');
      reader.skip(4);
      return { type: 'featuresReply', datapathId, tables: reader.u8() };
    },
  },
  getConfigRequest: empty('getConfigRequest'),
  getConfigReply: config('getConfigReply'),
  setConfig: config('setConfig'),
  packetIn: {
    encode: ({ reason, table, cookie, match, data }) =>
      joined(
        joined(u32(noBuffer), u16(data.length), u8(reason), u8(table), u64(cookie)),
        joined(encodeMatch(match), zeros(2), data),
      ),
    decode: (reader) => {
      reader.skip(6);
      const reason = reader.u8();
      const table = reader.u8();
      const cookie = reader.u64();
      const match = decodeMatch(reader);
      reader.skip(2);
      return { type: 'packetIn', reason, table, cookie, match, data: reader.rest() };
    },
  },
  flowRemoved: {
    encode: ({ flow: { table, priority, cookie, match } }) =>
      joined(u64(cookie), u16(priority), u8(0), u8(table), zeros(28), encodeMatch(match)),
    decode: (reader) => {
      const cookie = reader.u64();
      const priority = reader.u16();
      reader.skip(1);
      const table = reader.u8();
      reader.skip(28);
      return { type: 'flowRemoved', flow: { table, priority, cookie, match: decodeMatch(reader) } };
    },
  },
  portStatus: {
    encode: ({ reason, port }) => joined(u8(reason), zeros(7), encodePort(port)),
    decode: (reader) => {
      const reason = reader.u8();
      reader.skip(7);
      return { type: 'portStatus', reason, port: decodePort(reader) };
    },
  },
  packetOut: {
    encode: ({ inPort, actions, data }) => {
      const encoded = encodeActions(actions);
      return joined(u32(noBuffer), u32(inPort), u16(encoded.length), zeros(6), encoded, data);
    },
    decode: (reader) => {
      reader.skip(4);
      const inPort = reader.u32();
      const length = reader.u16();
      reader.skip(6);
      return {
        type: 'packetOut',
        inPort,
        actions: decodeActions(reader.part(length)),
        data: reader.rest(),
      };
    },
  },
  flowMod: {
    encode: ({ flow }) => encodeFlowMod(flow),
    decode: (reader) => ({ type: 'flowMod', flow: decodeFlowMod(reader) }),
  },
  groupMod: {
    encode: ({ group }) => encodeGroupMod(group),
    decode: (reader) => ({ type: 'groupMod', group: decodeGroupMod(reader) }),
  },
  meterMod: {
    encode: ({ meter }) => encodeMeterMod(meter),
    decode: (reader) => ({ type: 'meterMod', meter: decodeMeterMod(reader) }),
  },
  multipartRequest: {
    encode: ({ request }) => encodeMultipartRequest(request),
    decode: (reader) => ({ type: 'multipartRequest', request: decodeMultipartRequest(reader) }),
  },
  multipartReply: {
    encode: ({ reply, more }) => encodeMultipartReply(reply, more),
    decode: (reader) => ({ type: 'multipartReply', ...decodeMultipartReply(reader) }),
  },
  barrierRequest: empty('barrierRequest'),
  barrierReply: empty('barrierReply'),
  roleRequest: roleBody('roleRequest'),
  roleReply: roleBody('roleReply'),
};

const typeOfNumber = new Map(
  (Object.keys(bodies) as Named[]).map((type): [number, Named] => [messageType[type], type]),
);
const longest = 0xffff;

/**
 * A message as it goes over the wire. `xid`: by which an answer is known.
 * @throws HeddleError ERR_OPENFLOW when it is longer than a message can be
 */
export function encode(message: Exclude<Message, { type: 'other' }>, xid: number): Buffer {
  const body = (bodies[message.type] as Body<Message>).encode(message);
  const length = headerLength + body.length;
  if (length > longest) throw malformed(`${message.type} of ${length} bytes is too long`);
  return joined(u8(version), u8(messageType[message.type]), u16(length), u32(xid), body);
}

/**
 * One whole message.
 * @throws HeddleError ERR_OPENFLOW for what is none
 */
export function decode(bytes: Buffer): { readonly xid: number; readonly message: Message } {
  const reader = new Reader(bytes);
  const spoken = reader.u8();
  const number = reader.u8();
  if (reader.u16() !== bytes.length) throw malformed('its length is not what its header says');
  const xid = reader.u32();
  const type = typeOfNumber.get(number);
  // A hello is of the highest version that its sender speaks, an error about it perhaps as well.
  if (spoken !== version && type !== 'hello' && type !== 'error')
    throw malformed(`version ${spoken} where ${version} was agreed on`);
  if (type === undefined) return { xid, message: { type: 'other', number } };
  const message = bodies[type].decode(reader) as Message;
  if (message.type === 'hello' && message.versions.length === 0)
    return { xid, message: { type: 'hello', versions: [spoken] } };
  return { xid, message };
}

function decodeVersions(reader: Reader): number[] {
  const versions: number[] = [];
  while (reader.left > 0) {
    const type = reader.u16();
    const length = reader.u16();
    const body = reader.part(length - 4);
    // Elements are padded to eight bytes; the last may end with its message.
    reader.skip(Math.min((8 - (length % 8)) % 8, reader.left));
    if (type !== 1 || body.left < 4) continue;
    const bits = body.u32();
    for (let one = 0; one < 32; one++) if ((bits >>> one) & 1) versions.push(one);
  }
  return versions;
}
