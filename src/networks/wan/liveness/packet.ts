import { createHmac, timingSafeEqual } from 'node:crypto';

// What two nodes say to each other on a path, every 50 ms: the states of RFC 5880, what is measured, and which path is used. Pure.

export type SessionState = 'down' | 'init' | 'up';
const states: readonly SessionState[] = ['down', 'init', 'up'];

export interface LivenessPacket {
  readonly state: SessionState;
  readonly path: number;
  /** Discriminators of the session (RFC 5880, 6.3): the sender's, and what it heard; 0: nothing. */
  readonly mine: number;
  readonly yours: number;
  /** Counts up by one with each packet of a session. */
  readonly sequence: number;
  /** Microseconds of the sender's steady clock. */
  readonly sent: number;
  /** Of the last packet that it heard: that one's `sent`, and microseconds since it came. */
  readonly echoed: number;
  readonly held: number;
  /** Of what it should have heard lately: thousandths that were lost. */
  readonly lost: number;
  /** The path that it uses; 0: none. */
  readonly used: number;
  /** In the answer to a trial: bytes of the packet of IP that came; else 0. */
  readonly largest: number;
  /** This one is such a trial: its length counts. */
  readonly isProbe: boolean;
}

export interface MacKey {
  readonly id: number;
  readonly key: Buffer;
}

const magic = 0x484c_4b31;
const head = 68;
const macLength = 32;
/** Bytes without padding. */
export const packetLength = head + macLength;

/** @param length bytes of the whole, for a trial: what is more than the packet is padding. */
export function encode(packet: LivenessPacket, { id, key }: MacKey, length = packetLength): Buffer {
  const bytes = Buffer.alloc(Math.max(length, packetLength));
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt8(states.indexOf(packet.state), 4);
  bytes.writeUInt8(packet.isProbe ? 1 : 0, 5);
  bytes.writeUInt16BE(packet.lost, 6);
  bytes.writeUInt32BE(packet.path, 8);
  bytes.writeUInt32BE(packet.mine, 12);
  bytes.writeUInt32BE(packet.yours, 16);
  bytes.writeUInt32BE(id, 20);
  bytes.writeBigUInt64BE(BigInt(packet.sequence), 24);
  bytes.writeBigUInt64BE(BigInt(packet.sent), 32);
  bytes.writeBigUInt64BE(BigInt(packet.echoed), 40);
  bytes.writeUInt32BE(Math.min(packet.held, 0xffff_ffff), 48);
  bytes.writeUInt32BE(packet.used, 52);
  bytes.writeUInt16BE(packet.largest, 56);
  macOf(bytes, key).copy(bytes, head);
  return bytes;
}

/** Which path a packet says to be of; nothing: it is none. */
export function pathIn(bytes: Buffer): number | undefined {
  if (bytes.length < packetLength || bytes.readUInt32BE(0) !== magic) return undefined;
  return bytes.readUInt32BE(8);
}

/** What it says; nothing where nobody of those who have a key has made it. */
export function decode(bytes: Buffer, keys: readonly MacKey[]): LivenessPacket | undefined {
  const path = pathIn(bytes);
  if (path === undefined) return undefined;
  const id = bytes.readUInt32BE(20);
  const said = bytes.subarray(head, packetLength);
  if (!keys.some((one) => one.id === id && timingSafeEqual(macOf(bytes, one.key), said))) return undefined;
  const state = states[bytes.readUInt8(4)];
  if (state === undefined) return undefined;
  return {
    state,
    path,
    mine: bytes.readUInt32BE(12),
    yours: bytes.readUInt32BE(16),
    sequence: Number(bytes.readBigUInt64BE(24)),
    sent: Number(bytes.readBigUInt64BE(32)),
    echoed: Number(bytes.readBigUInt64BE(40)),
    held: bytes.readUInt32BE(48),
    lost: bytes.readUInt16BE(6),
    used: bytes.readUInt32BE(52),
    largest: bytes.readUInt16BE(56),
    isProbe: bytes.readUInt8(5) === 1,
  };
}

/** HMAC-SHA-256 (RFC 2104) of all but itself: of a trial the length is what counts. */
function macOf(bytes: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(bytes.subarray(0, head))
    .update(bytes.subarray(packetLength))
    .digest();
}
