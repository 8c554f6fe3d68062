import { type Edns, readEdns } from './edns.ts';
import { headerLength, rcode, readName, recordType, skipName } from './wire.ts';

/** A question that can be answered. */
export interface Query {
  readonly bytes: Buffer;
  /** As `wireName` writes it. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Where header and question end. */
  readonly end: number;
  readonly edns: Edns | undefined;
}

/**
 * Reads a query. Strict, since everybody may send one: a response or what has no header is nothing and gets no answer,
 * whatever else is no proper query is the code to answer with. dns-packet is not used for reading: it takes labels for
 * UTF-8, so that two different names may look equal, and reads options past their end.
 */
export function readQuery(bytes: Buffer): Query | number | undefined {
  if (bytes.length < headerLength) return undefined;
  const flags = bytes[2] as number;
  if (flags & 0x80) return undefined;
  if (flags & 0x78) return rcode.notImplemented;
  if (bytes.readUInt16BE(4) !== 1) return rcode.formatError;
  const question = readName(bytes, headerLength);
  if (!question || question.end + 4 > bytes.length) return rcode.formatError;
  const type = bytes.readUInt16BE(question.end);
  const end = question.end + 4;
  // An incremental transfer names what it has in the authority section; nobody else has anything to say there.
  if (type === recordType.IXFR) return rcode.refused;
  if (bytes.readUInt32BE(6) !== 0) return rcode.formatError;
  const edns = readAdditional(bytes, end);
  if (edns === null) return rcode.formatError;
  return { bytes, name: question.name, type, class: bytes.readUInt16BE(question.end + 2), end, edns };
}

/** What the OPT record says; nothing when there is none, null when the section is malformed. */
function readAdditional(bytes: Buffer, start: number): Edns | undefined | null {
  let at = start;
  let edns: Edns | undefined;
  for (let left = bytes.readUInt16BE(10); left > 0; left--) {
    const fixed = skipName(bytes, at);
    if (fixed === undefined || fixed + 10 > bytes.length) return null;
    const end = fixed + 10 + bytes.readUInt16BE(fixed + 8);
    if (end > bytes.length) return null;
    if (bytes.readUInt16BE(fixed) === recordType.OPT) {
      const read = fixed === at + 1 && !edns ? readEdns(bytes, fixed, end) : undefined;
      if (!read) return null;
      edns = read;
    }
    at = end;
  }
  return at === bytes.length ? edns : null;
}
