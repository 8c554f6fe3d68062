import ipaddr from 'ipaddr.js';

/** A network that a resolver says its client is in (RFC 7871). */
export interface Subnet {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  /** Bits of it that are known; 0: the client does not want it known. */
  readonly prefix: number;
}

/** Whether an option of a query names a network of clients as RFC 7871, 7.1.2, wants it. */
export function isSubnet(data: Buffer): boolean {
  if (data.length < 4 || data[3] !== 0) return false;
  const size = { 1: 4, 2: 16 }[data.readUInt16BE(0)];
  const prefix = data[2] as number;
  if (size === undefined || prefix > size * 8 || data.length !== 4 + Math.ceil(prefix / 8)) return false;
  return prefix % 8 === 0 || ((data.at(-1) as number) & (0xff >> (prefix % 8))) === 0;
}

/** The network that an option names; `isSubnet` holds of it. */
export function readSubnet(data: Buffer): Subnet {
  const bytes = new Array<number>(data.readUInt16BE(0) === 1 ? 4 : 16).fill(0);
  for (let index = 4; index < data.length; index++) bytes[index - 4] = data[index] as number;
  return { address: ipaddr.fromByteArray(bytes), prefix: data[2] as number };
}

/**
 * The option of the answer: what was sent, and for which clients the answer is.
 * @param scope bits of their network; 0: it is for all
 */
export function answerSubnet(data: Buffer, scope: number): Buffer {
  const bytes = Buffer.from(data);
  bytes[3] = scope;
  return bytes;
}
