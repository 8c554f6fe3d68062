import type { Pair } from './answers.ts';

/** As the gateway wants bytes. */
export function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

/** All keys that begin with a prefix: from it to the first behind them. It ends in no 0xff, which UTF-8 has nowhere. */
export function under(prefix: string): { readonly key: string; readonly range_end: string } {
  const bytes = Buffer.from(prefix);
  const end = Buffer.from(bytes);
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  return { key: bytes.toString('base64'), range_end: end.toString('base64') };
}

/** What an entry holds. What is no JSON was written by somebody else, and is given as text: no record is understood as one. */
export function jsonOf({ value }: Pair): unknown {
  const text = decode(value);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
