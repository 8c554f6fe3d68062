import { encode } from 'dns-packet';
import ipaddr from 'ipaddr.js';
import type { Caa } from '../model/model.ts';
import type { EdgeRecord } from './records.ts';
import { headerLength, wireName } from './wire.ts';

/** What follows the question in an answer: the same bytes for everybody who asks, so they are kept. */
export interface Body {
  readonly rcode: number;
  readonly answers: number;
  readonly authorities: number;
  readonly additionals: number;
  readonly bytes: Buffer;
  /** How many of the bytes are left when the additional records do not fit; they may be left out (RFC 2181, 9). */
  readonly needed: number;
}

export interface Soa {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

/** A record of the zone. Names in it are whole, except where an `EdgeRecord` has them. */
export type ZoneRecord =
  | EdgeRecord
  | { readonly type: 'NS'; readonly ttl: number; readonly data: string }
  | { readonly type: 'SOA'; readonly ttl: number; readonly data: Soa }
  | { readonly type: 'CAA'; readonly ttl: number; readonly data: Caa & { readonly flags: number } }
  | { readonly type: 'HINFO'; readonly ttl: number; readonly data: { cpu: string; os: string } };

/** Points to the name in the question, which every answer repeats where it was (RFC 1035, 4.1.4). */
const questionName = pointer(headerLength);

function pointer(offset: number): Buffer {
  return Buffer.from([0xc0 | (offset >> 8), offset & 255]);
}

/** Points to the domain at the end of the question's name. */
function domainPointer(nameLength: number, domainLength: number): Buffer {
  return pointer(headerLength + nameLength - domainLength);
}

/** A record without its owner: type, class, TTL and data. */
function encodeRecord(record: ZoneRecord, ttl: number): Buffer {
  const packet = encode({ answers: [{ ...toAnswer(record), name: '.', ttl }] });
  return packet.subarray(headerLength + 1);
}

/** A record of a domain without its owner, as another server is to have it. */
export function recordBytes(record: ZoneRecord, domain: string): Buffer {
  return encodeRecord(absolute(record, domain), record.ttl);
}

function toAnswer(record: ZoneRecord) {
  if (record.type === 'TXT') return { ...record, data: [...record.data] };
  if (record.type === 'A' || record.type === 'AAAA') return { ...record, data: plainAddress(record.data) };
  return record;
}

/** One of several spellings of an address, without a zone. */
function plainAddress(address: string): string {
  return ipaddr.fromByteArray(ipaddr.parse(address).toByteArray()).toString();
}

/** The names and lengths that an answer's pointers depend on. */
export interface Asked {
  /** Lengths of the question's name and of the domain, in wire form. */
  readonly nameLength: number;
  readonly domainLength: number;
  readonly domain: string;
}

/**
 * Encodes records of the question's name.
 * @param limitTtl seconds that a resolver may keep a record
 * @param additional addresses of the names that the records lead to, by those names relative to the domain
 */
export function positiveBody(
  asked: Asked,
  records: readonly ZoneRecord[],
  limitTtl: (ttl: number) => number,
  additional: ReadonlyMap<string, readonly ZoneRecord[]>,
): Body {
  const parts = records.flatMap((record) => [
    questionName,
    encodeRecord(absolute(record, asked.domain), limitTtl(record.ttl)),
  ]);
  const needed = total(parts);
  let additionals = 0;
  for (const [name, addresses] of additional) {
    const owner = (wireName(name) ?? '\0').slice(0, -1);
    for (const record of addresses) {
      parts.push(Buffer.from(owner, 'latin1'), domainPointer(asked.nameLength, asked.domainLength));
      parts.push(encodeRecord(record, limitTtl(record.ttl)));
      additionals++;
    }
  }
  return {
    rcode: 0,
    answers: records.length,
    authorities: 0,
    additionals,
    bytes: Buffer.concat(parts),
    needed,
  };
}

/** Encodes that there is no such name, or no record of that type: the zone's SOA says how long that holds. */
export function negativeBody(asked: Asked, rcode: number, soa: ZoneRecord): Body {
  const owner = domainPointer(asked.nameLength, asked.domainLength);
  const bytes = Buffer.concat([owner, encodeRecord(soa, soa.ttl)]);
  return { rcode, answers: 0, authorities: 1, additionals: 0, bytes, needed: bytes.length };
}

function absolute(record: ZoneRecord, domain: string): ZoneRecord {
  if (record.type !== 'SRV') return record;
  return { ...record, data: { ...record.data, target: `${record.data.target}.${domain}` } };
}

function total(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
