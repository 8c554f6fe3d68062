import { recordType } from './wire.ts';

/** What is said to every client: the largest answer over UDP that no path takes apart (DNS flag day 2020). */
export const payloadSize = 1232;

export const option = { nsid: 3, clientSubnet: 8, cookie: 10, extendedError: 15 } as const;

/** RFC 8914. */
export const extendedError = { staleAnswer: 3, notReady: 14, staleNameError: 19 } as const;

/** What a client says of itself in an OPT record (RFC 6891). */
export interface Edns {
  /** Bytes that it takes over UDP. */
  readonly size: number;
  readonly version: number;
  readonly dnssec: boolean;
  readonly nsid: boolean;
  readonly cookie: Buffer | undefined;
  readonly subnet: Buffer | undefined;
}

/**
 * Reads an OPT record from its type on; nothing when its options are malformed. Unknown options are passed over; of
 * several of a kind the first counts.
 */
export function readEdns(bytes: Buffer, start: number, end: number): Edns | undefined {
  let nsid = false;
  let cookie: Buffer | undefined;
  let subnet: Buffer | undefined;
  let at = start + 10;
  while (at < end) {
    if (at + 4 > end) return undefined;
    const code = bytes.readUInt16BE(at);
    const next = at + 4 + bytes.readUInt16BE(at + 2);
    if (next > end) return undefined;
    if (code === option.nsid) nsid = true;
    else if (code === option.cookie) cookie ??= bytes.subarray(at + 4, next);
    else if (code === option.clientSubnet) subnet ??= bytes.subarray(at + 4, next);
    at = next;
  }
  return {
    size: bytes.readUInt16BE(start + 2),
    version: bytes[start + 5] as number,
    dnssec: ((bytes[start + 6] as number) & 0x80) !== 0,
    nsid,
    cookie,
    subnet,
  };
}

export interface EdnsOption {
  readonly code: number;
  readonly data: Buffer;
}

/** The OPT record of an answer. */
export function encodeEdns(dnssec: boolean, extendedRcode: number, options: readonly EdnsOption[]): Buffer {
  const length = options.reduce((sum, { data }) => sum + 4 + data.length, 0);
  const bytes = Buffer.alloc(11 + length);
  bytes.writeUInt16BE(recordType.OPT, 1);
  bytes.writeUInt16BE(payloadSize, 3);
  bytes[5] = extendedRcode;
  bytes[7] = dnssec ? 0x80 : 0;
  bytes.writeUInt16BE(length, 9);
  let at = 11;
  for (const { code, data } of options) {
    bytes.writeUInt16BE(code, at);
    bytes.writeUInt16BE(data.length, at + 2);
    data.copy(bytes, at + 4);
    at += 4 + data.length;
  }
  return bytes;
}

/** An extended error (RFC 8914), without a text: the code says it. */
export function errorOption(code: number): EdnsOption {
  return { code: option.extendedError, data: Buffer.from([code >> 8, code & 255]) };
}
