import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Coordinate } from '../coordinate.ts';

/**
 * ```
 * 0  "HE" version type    type 1 asks, 2 answers
 * 4  nonce                8 bytes, chosen by who asks
 * 12 coordinate           x, y, height, error of who sends, 32-bit floats
 * 28 length and name      of who asks; only in what asks, which so is larger than its answer
 * …  code                 16 bytes of HMAC-SHA-256 over all before it
 * ```
 */
const magic = Buffer.from('HE\x01', 'latin1');
const asking = 1;
const answering = 2;
const nonceAt = 4;
const nonceLength = 8;
const coordinateAt = 12;
const nameAt = 28;
const codeLength = 16;
/** Bytes. A name is a DNS label. */
const longestName = 63;

export interface Ask {
  readonly nonce: Buffer;
  readonly coordinate: Coordinate;
  /** The site that asks. */
  readonly from: string;
}

export type Answer = Omit<Ask, 'from'>;

export function writeAsk({ nonce, coordinate, from }: Ask, key: Buffer): Buffer {
  const name = Buffer.from(from, 'latin1');
  return seal([head(asking, nonce, coordinate), Buffer.from([name.length]), name], key);
}

export function writeAnswer({ nonce, coordinate }: Answer, key: Buffer): Buffer {
  return seal([head(answering, nonce, coordinate)], key);
}

/**
 * What a datagram asks; nothing when it is none, or not by who it says.
 * @param keyOf the key of a site; nothing for one that is not known
 */
export function readAsk(bytes: Buffer, keyOf: (site: string) => Buffer | undefined): Ask | undefined {
  const length = bytes[nameAt];
  if (!isOf(bytes, asking) || length === undefined || length === 0 || length > longestName) return undefined;
  const end = nameAt + 1 + length;
  if (bytes.length !== end + codeLength) return undefined;
  const from = bytes.toString('latin1', nameAt + 1, end);
  const key = keyOf(from);
  if (!key || !isSealed(bytes, key)) return undefined;
  return { ...body(bytes), from };
}

/** The nonce of a datagram that may be an answer: it says whose key is to be tried. */
export function nonceOf(bytes: Buffer): Buffer | undefined {
  if (bytes.length !== nameAt + codeLength || !isOf(bytes, answering)) return undefined;
  return bytes.subarray(nonceAt, nonceAt + nonceLength);
}

/** What a datagram answers; nothing when it is none, or of somebody else. */
export function readAnswer(bytes: Buffer, key: Buffer): Answer | undefined {
  return nonceOf(bytes) && isSealed(bytes, key) ? body(bytes) : undefined;
}

function head(type: number, nonce: Buffer, { x, y, height, error }: Coordinate): Buffer {
  const bytes = Buffer.alloc(nameAt);
  magic.copy(bytes);
  bytes[3] = type;
  nonce.copy(bytes, nonceAt, 0, nonceLength);
  for (const [index, value] of [x, y, height, error].entries())
    bytes.writeFloatBE(value, coordinateAt + 4 * index);
  return bytes;
}

function body(bytes: Buffer): Answer {
  const float = (index: number) => bytes.readFloatBE(coordinateAt + 4 * index);
  return {
    nonce: bytes.subarray(nonceAt, nonceAt + nonceLength),
    coordinate: { x: float(0), y: float(1), height: float(2), error: float(3) },
  };
}

function isOf(bytes: Buffer, type: number): boolean {
  return bytes.length >= nameAt + codeLength && bytes.subarray(0, 3).equals(magic) && bytes[3] === type;
}

function seal(parts: readonly Buffer[], key: Buffer): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([bytes, code(bytes, key)]);
}

function isSealed(bytes: Buffer, key: Buffer): boolean {
  const end = bytes.length - codeLength;
  return timingSafeEqual(bytes.subarray(end), code(bytes.subarray(0, end), key));
}

function code(bytes: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest().subarray(0, codeLength);
}
