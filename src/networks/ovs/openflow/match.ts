import { macBytes } from '../../../lib/mac.ts';
import { joined, malformed, padded, Reader, u8, u16, u32, u64 } from './bytes.ts';

/**
 * What packets a flow is for: fields of OXM (OpenFlow 1.3.5, 7.2.3). One that is absent may be anything. A MAC may have a
 * mask, `01:00:00:00:00:00/01:00:00:00:00:00`; `vlanVid` is as on the wire:
 * 0x1000 besides where there is a tag.
 */
export interface Match {
  readonly inPort?: number;
  readonly metadata?: bigint;
  readonly ethDst?: string;
  readonly ethSrc?: string;
  readonly ethType?: number;
  readonly vlanVid?: number;
}

interface Field<Value> {
  readonly number: number;
  readonly length: number;
  readonly encode: (value: Value) => Buffer;
  readonly decode: (value: Buffer, mask: Buffer | undefined) => Value;
}

const basicClass = 0x8000;
const standardMatch = 1;

const number = (at: number, length: 2 | 4): Field<number> => ({
  number: at,
  length,
  encode: length === 2 ? u16 : u32,
  decode: (value, mask) => exactly(at, value, mask).readUIntBE(0, length),
});

function exactly(at: number, value: Buffer, mask: Buffer | undefined): Buffer {
  if (mask && !mask.every((byte) => byte === 0xff)) throw malformed(`field ${at} has a mask`);
  return value;
}

const mac = (at: number): Field<string> => ({
  number: at,
  length: 6,
  encode: (text) => joined(...text.split('/').map(macBytes)),
  decode: (value, mask) => [value, ...(mask ? [mask] : [])].map((bytes) => new Reader(bytes).mac()).join('/'),
});

/** In the order of their numbers, in which they are written. */
const fields: { readonly [Name in keyof Match]-?: Field<NonNullable<Match[Name]>> } = {
  inPort: number(0, 4),
  metadata: {
    number: 2,
    length: 8,
    encode: u64,
    decode: (value, mask) => exactly(2, value, mask).readBigUInt64BE(),
  },
  ethDst: mac(3),
  ethSrc: mac(4),
  ethType: number(5, 2),
  vlanVid: number(6, 2),
};
const names = Object.keys(fields) as (keyof Match)[];

/** One field with its header: for matches, and for the action that sets it. */
export function encodeField(name: keyof Match, value: string | number | bigint): Buffer {
  const field = fields[name] as Field<unknown>;
  const payload = field.encode(value);
  const hasMask = payload.length > field.length;
  return joined(u16(basicClass), u8((field.number << 1) | (hasMask ? 1 : 0)), u8(payload.length), payload);
}

/** @throws HeddleError ERR_OPENFLOW for a field that Heddle does not know */
export function decodeField(reader: Reader): Match {
  const fieldClass = reader.u16();
  const head = reader.u8();
  const payload = reader.bytes(reader.u8());
  const name = names.find((one) => fields[one].number === head >> 1);
  if (fieldClass !== basicClass || name === undefined)
    throw malformed(`field ${head >> 1} of class ${fieldClass} is not known`);
  const field = fields[name] as Field<unknown>;
  const hasMask = (head & 1) === 1;
  if (payload.length !== field.length * (hasMask ? 2 : 1))
    throw malformed(`${name} has ${payload.length} bytes`);
  const value = payload.subarray(0, field.length);
  return { [name]: field.decode(value, hasMask ? payload.subarray(field.length) : undefined) };
}

/** A.2.2, `ofp_match`, with its padding. */
export function encodeMatch(match: Match): Buffer {
  const encoded = names.flatMap((name) => {
    const value = match[name];
    return value === undefined ? [] : [encodeField(name, value)];
  });
  const body = joined(...encoded);
  return padded(joined(u16(standardMatch), u16(4 + body.length), body));
}

export function decodeMatch(reader: Reader): Match {
  const type = reader.u16();
  if (type !== standardMatch) throw malformed(`a match of type ${type}`);
  const length = reader.u16();
  const body = reader.part(length - 4);
  reader.skip((8 - (length % 8)) % 8);
  let match: Match = {};
  while (body.left > 0) match = { ...match, ...decodeField(body) };
  return match;
}
