import { macBytes, macText } from '../../../lib/mac.ts';
import { capability, title, titlePattern } from './names.ts';

/** One field of a control message: a byte that says which, one with the length of the value, and the value. */
export interface Field<Value> {
  readonly number: number;
  /** How many there may be. One that may be there several times is a list. */
  readonly most: number;
  readonly isList: boolean;
  encode(value: Value): Buffer;
  /** Nothing for what is no value. */
  decode(bytes: Buffer): Value | undefined;
}

function text(number: number, pattern: RegExp): Field<string> {
  return {
    number,
    most: 1,
    isList: false,
    encode: (value) => Buffer.from(value),
    decode: (bytes) => {
      const value = bytes.toString('latin1');
      return pattern.test(value) ? value : undefined;
    },
  };
}

function several(number: number, most: number, pattern: RegExp): Field<string> {
  return { ...text(number, pattern), most, isList: true };
}

function whole(number: number, length: 1 | 2 | 4): Field<number> {
  return {
    number,
    most: 1,
    isList: false,
    encode: (value) => {
      const bytes = Buffer.alloc(length);
      // What does not fit is no value of the field.
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * length)) return Buffer.of();
      bytes.writeUIntBE(value, 0, length);
      return bytes;
    },
    decode: (bytes) => (bytes.length === length ? bytes.readUIntBE(0, length) : undefined),
  };
}

const mac: Field<string> = {
  number: 8,
  most: 1,
  isList: false,
  encode: macBytes,
  decode: (bytes) => (bytes.length === 6 ? macText(bytes) : undefined),
};

/**
 * All fields. Numbers are never given again. Texts are ASCII; numbers are in network order.
 *
 * | number | field | value |
 * |---|---|---|
 * | 1 | title | of an entity: who asks, or whom `entityLookup` is for |
 * | 2 | workspace | its title |
 * | 3 | access | a pattern of titles that may join; none: any; at most 8 |
 * | 4 | requires | what members have to be able to do; at most 8 |
 * | 5 | capabilities | what the entity is able to do; at most 8 |
 * | 6 | maxMembers | 16 bits |
 * | 7 | maxBandwidth | 32 bits, kbit/s that each member may send at most |
 * | 8 | address | 48 bits: of the workspace (a group), or of the entity’s point of attachment |
 * | 9 | creator | title |
 * | 10 | members | 16 bits: how many |
 * | 11 | status | 8 bits: `statuses` |
 * | 12 | reason | a text of at most 255 bytes |
 */
export const fields = {
  title: text(1, title),
  workspace: text(2, title),
  access: several(3, 8, titlePattern),
  requires: several(4, 8, capability),
  capabilities: several(5, 8, capability),
  maxMembers: whole(6, 2),
  maxBandwidth: whole(7, 4),
  address: mac,
  creator: text(9, title),
  members: whole(10, 2),
  status: whole(11, 1),
  reason: text(12, /^[ -~]{0,255}$/),
} as const;
/** Bytes of the value of a field: its length is one byte. */
export const longestValue = 255;
export type FieldName = keyof typeof fields;

type Lists = 'access' | 'requires' | 'capabilities';
type ValueIn<F> = F extends Field<infer Value> ? Value : never;
export type ValueOf<Name extends FieldName> = Name extends Lists
  ? readonly string[]
  : ValueIn<(typeof fields)[Name]>;
export type Fields = { readonly [Name in FieldName]?: ValueOf<Name> };
