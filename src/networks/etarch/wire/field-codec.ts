import { type FieldName, type Fields, fields, longestValue } from './fields.ts';

const names = Object.keys(fields) as FieldName[];
const nameOf = new Map(names.map((name) => [fields[name].number, name] as const));

/** @throws Error that names a value that its field does not take */
export function encodeFields(said: Fields): Buffer {
  const encoded = names.flatMap((name) => {
    const value = said[name];
    if (value === undefined) return [];
    const encode = fields[name].encode as (value: string | number) => Buffer;
    const all = [value].flat() as (string | number)[];
    const { most } = fields[name];
    if (all.length > most) throw new Error(`${name}: ${all.length} are more than ${most}`);
    return all.map((one) => {
      const bytes = encode(one);
      if (bytes.length > longestValue || fields[name].decode(bytes) === undefined)
        throw new Error(`${name} cannot be ${JSON.stringify(one).slice(0, 80)}`);
      return Buffer.concat([Buffer.from([fields[name].number, bytes.length]), bytes]);
    });
  });
  return Buffer.concat(encoded);
}

/** A text: why they are none. */
export function decodeFields(bytes: Buffer): Fields | string {
  const said: Record<string, string | number | readonly unknown[]> = {};
  for (let at = 0; at < bytes.length; ) {
    const number = bytes.readUInt8(at);
    const end = at + 2 + (bytes[at + 1] ?? bytes.length);
    if (end > bytes.length) return `field ${number} is cut off`;
    const name = nameOf.get(number);
    if (name === undefined) return `field ${number} is not known`;
    const value = fields[name].decode(bytes.subarray(at + 2, end));
    if (value === undefined) return `${name} is none`;
    const all = [said[name] ?? [], value].flat();
    if (all.length > fields[name].most) return `${name} comes too often`;
    said[name] = fields[name].isList ? all : value;
    at = end;
  }
  return said as Fields;
}
