import { createHmac, timingSafeEqual } from 'node:crypto';
import { wireName } from '../dns/wire.ts';
import type { TsigKey } from './key.ts';
import { classes, type Reply, readAnyName, type WireRecord } from './message.ts';

// Signed messages of DNS, RFC 8945.

const typeTsig = 250;
/** Seconds that the clocks of both may differ (RFC 8945, 10). */
const fudge = 300;
/** Messages of a transfer that may follow one another unsigned (RFC 8945, 5.3.1). */
const unsignedAtMost = 99;
export const tsigError = { badSignature: 16, badKey: 17, badTime: 18 } as const;

/** A request with its signature, which that of the reply covers as well. */
export interface Signed {
  readonly bytes: Buffer;
  readonly mac: Buffer;
}

/** @param seconds since 1970 */
export function sign(message: Buffer, key: TsigKey, seconds: number): Signed {
  const times = timers(seconds, fudge);
  const mac = macOf(key, [message, variables(key, times, 0, Buffer.alloc(0))]);
  const [name, algorithm] = [nameBytes(key.name), nameBytes(key.algorithm)];
  const id = message.subarray(0, 2);
  const data = Buffer.concat([algorithm, times, short(mac.length), mac, id, short(0), short(0)]);
  const fixed = Buffer.concat([short(typeTsig), short(classes.any), Buffer.alloc(4), short(data.length)]);
  const bytes = Buffer.concat([message, name, fixed, data]);
  bytes.writeUInt16BE(bytes.readUInt16BE(10) + 1, 10);
  return { bytes, mac };
}

/** What is wrong with how a reply is signed. */
export class SignatureError extends Error {
  /** By the server's own word, see `tsigError`; nothing: it is the reply's. */
  readonly tsigError: number | undefined;

  constructor(message: string, tsigError?: number) {
    super(message);
    this.tsigError = tsigError;
  }
}

/** Checks the messages that answer one request, in their order. */
export class SignedReplies {
  readonly #key: TsigKey;
  /** Of the request, then of the last reply that was signed. */
  #mac: Buffer;
  #unsigned: Buffer[] = [];
  #isFirst = true;

  constructor(key: TsigKey, requestMac: Buffer) {
    this.#key = key;
    this.#mac = requestMac;
  }

  /** Whether all that came is what the server said. */
  get isProven(): boolean {
    return !this.#isFirst && this.#unsigned.length === 0;
  }

  /**
   * @param seconds since 1970
   * @throws SignatureError
   */
  take(bytes: Buffer, reply: Reply, seconds: number): void {
    if (reply.last?.type !== typeTsig) {
      if (this.#isFirst || this.#unsigned.length >= unsignedAtMost)
        throw new SignatureError('its answer is not signed');
      this.#unsigned.push(bytes);
      return;
    }
    const tsig = readTsig(reply.last, this.#key);
    if (!tsig) throw new SignatureError('its answer is signed with another key');
    const { error, mac, times } = tsig;
    if (error === tsigError.badKey || error === tsigError.badSignature)
      throw new SignatureError('it does not take the signature', error);
    const expected = this.#macFor(bytes, reply.last, tsig);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected))
      throw new SignatureError('the signature of its answer is wrong');
    if (error !== 0) throw new SignatureError('it does not take the time of the signature', error);
    if (Math.abs(times.readUIntBE(0, 6) - seconds) > times.readUInt16BE(6))
      throw new SignatureError('its answer was signed at another time than now', tsigError.badTime);
    this.#mac = mac;
    this.#isFirst = false;
    this.#unsigned = [];
  }

  #macFor(bytes: Buffer, { start }: WireRecord, { times, id, error, other }: Tsig): Buffer {
    const message = Buffer.from(bytes.subarray(0, start));
    id.copy(message);
    message.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
    const rest = this.#isFirst ? variables(this.#key, times, error, other) : times;
    return macOf(this.#key, [short(this.#mac.length), this.#mac, ...this.#unsigned, message, rest]);
  }
}

interface Tsig {
  /** When it was signed, 6 bytes, and by how much that may be off, 2. */
  readonly times: Buffer;
  readonly mac: Buffer;
  readonly id: Buffer;
  readonly error: number;
  readonly other: Buffer;
}

/** Nothing when it is malformed, or of another key. */
function readTsig({ owner, class: kind, ttl, data }: WireRecord, key: TsigKey): Tsig | undefined {
  const algorithm = readAnyName(data, 0);
  const isOurs = owner === wireName(key.name) && algorithm?.name === wireName(key.algorithm);
  if (!algorithm || !isOurs || kind !== classes.any || ttl !== 0) return undefined;
  const at = algorithm.end;
  if (at + 10 > data.length) return undefined;
  const afterMac = at + 10 + data.readUInt16BE(at + 8);
  const other = afterMac + 6;
  if (other > data.length || data.readUInt16BE(afterMac + 4) !== data.length - other) return undefined;
  return {
    times: data.subarray(at, at + 8),
    mac: data.subarray(at + 10, afterMac),
    id: data.subarray(afterMac, afterMac + 2),
    error: data.readUInt16BE(afterMac + 2),
    other: data.subarray(other),
  };
}

/** RFC 8945, 4.3.3. */
function variables(key: TsigKey, times: Buffer, error: number, other: Buffer): Buffer {
  const fixed = Buffer.concat([short(classes.any), Buffer.alloc(4)]);
  const names = [nameBytes(key.name), fixed, nameBytes(key.algorithm)];
  return Buffer.concat([...names, times, short(error), short(other.length), other]);
}

function timers(seconds: number, off: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(Math.floor(seconds), 0, 6);
  bytes.writeUInt16BE(off, 6);
  return bytes;
}

function macOf({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(algorithm.replace('hmac-', ''), secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Names are signed in small letters, whole. */
function nameBytes(name: string): Buffer {
  return Buffer.from(wireName(name) ?? '', 'latin1');
}

function short(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
