import { headerLength, recordType, skipName } from '../dns/wire.ts';

/** A record of a message, as it was on the wire. */
export interface WireRecord {
  /** As `wireName` writes it. */
  readonly owner: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** With the names in it written out, for those types that Heddle reads names of. */
  readonly data: Buffer;
  /** Where it begins in the message. */
  readonly start: number;
}

export interface Reply {
  readonly id: number;
  readonly rcode: number;
  readonly answers: readonly WireRecord[];
  /** The last record of all; what signs a message stands there. */
  readonly last: WireRecord | undefined;
}

export const classes = { in: 1, any: 255 } as const;
const opcodeUpdate = 5;

/** A question about the zone itself: its SOA, or all of it (AXFR, RFC 5936). */
export function zoneQuery(id: number, domain: string, type: number): Buffer {
  return Buffer.concat([header(id, 0, 1, 0), question(domain, type)]);
}

/** RFC 2136, 2: records to be changed, each as it goes on the wire. There are no prerequisites. */
export function updateMessage(id: number, domain: string, records: readonly Buffer[]): Buffer {
  return Buffer.concat([
    header(id, opcodeUpdate << 11, 1, records.length),
    question(domain, recordType.SOA),
    ...records,
  ]);
}

/** Where the domain is in an update, for names under it to point to (RFC 1035, 4.1.4). */
export const domainPointer = Buffer.from([0xc0, headerLength]);

function header(id: number, flags: number, questions: number, updates: number): Buffer {
  const bytes = Buffer.alloc(headerLength);
  [id, flags, questions, 0, updates].forEach((value, index) => {
    bytes.writeUInt16BE(value, 2 * index);
  });
  return bytes;
}

function question(domain: string, type: number): Buffer {
  return Buffer.concat([Buffer.from(domain, 'latin1'), Buffer.from([type >> 8, type & 255, 0, classes.in])]);
}

/** Reads what a server says; nothing when it is malformed. */
export function readReply(bytes: Buffer): Reply | undefined {
  if (bytes.length < headerLength || !((bytes[2] as number) & 0x80)) return undefined;
  const count = (index: number) => bytes.readUInt16BE(4 + 2 * index);
  let at: number | undefined = headerLength;
  for (let left = count(0); left > 0 && at !== undefined; left--) {
    const end = skipName(bytes, at);
    at = end === undefined ? undefined : end + 4;
  }
  const records: WireRecord[] = [];
  for (let left = count(1) + count(2) + count(3); left > 0; left--) {
    const read = at === undefined ? undefined : readRecord(bytes, at);
    if (!read) return undefined;
    records.push(read.record);
    at = read.end;
  }
  if (at !== bytes.length) return undefined;
  const answers = records.slice(0, count(1));
  return { id: bytes.readUInt16BE(0), rcode: (bytes[3] as number) & 15, answers, last: records.at(-1) };
}

function readRecord(bytes: Buffer, start: number): { record: WireRecord; end: number } | undefined {
  const owner = readAnyName(bytes, start);
  if (!owner || owner.end + 10 > bytes.length) return undefined;
  const from = owner.end + 10;
  const end = from + bytes.readUInt16BE(owner.end + 8);
  if (end > bytes.length) return undefined;
  const type = bytes.readUInt16BE(owner.end);
  const data = readData(bytes, type, from, end);
  if (!data) return undefined;
  const [kind, ttl] = [bytes.readUInt16BE(owner.end + 2), bytes.readUInt32BE(owner.end + 4)];
  return { record: { owner: owner.name, type, class: kind, ttl, data, start }, end };
}

/** Before the name in the data of these types. */
const fixedLength: Readonly<Record<number, number>> = { [recordType.NS]: 0, [recordType.SRV]: 6 };

function readData(bytes: Buffer, type: number, start: number, end: number): Buffer | undefined {
  const fixed = fixedLength[type];
  if (fixed === undefined || start === end) return bytes.subarray(start, end);
  const name = readAnyName(bytes, start + fixed);
  if (name?.end !== end) return undefined;
  return Buffer.concat([bytes.subarray(start, start + fixed), Buffer.from(name.name, 'latin1')]);
}

/** A name that may be compressed: its text as `wireName` writes it, and where it ends in the message. */
export function readAnyName(bytes: Buffer, start: number): { name: string; end: number } | undefined {
  let [at, limit, name] = [start, start, ''];
  let end: number | undefined;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | (bytes[at + 1] ?? 0);
      // Only ever back, so that it ends.
      if (target >= limit) return undefined;
      end ??= at + 2;
      at = target;
      limit = target;
      continue;
    }
    const next = at + 1 + length;
    if (length > 63 || next > bytes.length || name.length + 1 + length > 255) return undefined;
    name += bytes.toString('latin1', at, next).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    if (length === 0) return { name, end: end ?? next };
    at = next;
  }
}
