import { randomBytes } from 'node:crypto';
import siphash from 'siphash';
import { addressBytes } from '../../lib/address-bytes.ts';

const clientLength = 8;
const serverLength = 16;
/** Seconds: RFC 9018, 4.3. */
const goodFor = 3600;
const aheadAtMost = 300;
const renewedAfter = 1800;

export interface CookieCheck {
  /** Whether the client showed that it reads what is sent to its address. */
  readonly proven: boolean;
  /** What goes into the answer. */
  readonly data: Buffer;
}

/**
 * DNS cookies (RFC 7873) in the form that servers of all makes share (RFC 9018): the server keeps nothing but a
 * secret of 16 bytes. Times are handed in; where the secret is this process's own, its clock may be so, too.
 */
export class Cookies {
  readonly #key: Uint32Array;

  constructor(secret: Buffer = randomBytes(16)) {
    this.#key = Uint32Array.from([0, 4, 8, 12], (at) => secret.readUInt32LE(at));
  }

  /** Checks the option of a query at a time in seconds; nothing when it is malformed. */
  check(sent: Buffer, address: string, now: number): CookieCheck | undefined {
    const isWhole = sent.length >= clientLength + 8 && sent.length <= clientLength + 32;
    if (sent.length !== clientLength && !isWhole) return undefined;
    const proven = this.#isOurs(sent, address, now);
    const age = proven ? now - sent.readUInt32BE(12) : renewedAfter;
    return { proven, data: age < renewedAfter ? sent : this.#make(sent, address, now) };
  }

  #isOurs(sent: Buffer, address: string, now: number): boolean {
    if (sent.length !== clientLength + serverLength || sent[8] !== 1) return false;
    const made = sent.readUInt32BE(12);
    if (now - made > goodFor || made - now > aheadAtMost) return false;
    return this.#hash(sent.subarray(0, 16), address).equals(sent.subarray(16));
  }

  #make(sent: Buffer, address: string, now: number): Buffer {
    const cookie = Buffer.alloc(clientLength + serverLength);
    sent.copy(cookie, 0, 0, clientLength);
    cookie[8] = 1;
    cookie.writeUInt32BE(now >>> 0, 12);
    this.#hash(cookie.subarray(0, 16), address).copy(cookie, 16);
    return cookie;
  }

  #hash(head: Buffer, address: string): Buffer {
    const { h, l } = siphash.hash(this.#key, Buffer.concat([head, addressBytes(address)]));
    const hash = Buffer.alloc(8);
    hash.writeUInt32LE(l >>> 0, 0);
    hash.writeUInt32LE(h >>> 0, 4);
    return hash;
  }
}
