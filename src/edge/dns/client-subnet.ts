import ipaddr from 'ipaddr.js';

/** The clients that a forwarder asks for (RFC 7871). */
export interface ClientSubnet {
  readonly address: string;
  readonly prefix: number;
}

/** Reads the option of a query; nothing when it is malformed (RFC 7871, 7.1.2). */
export function readSubnet(data: Buffer): ClientSubnet | undefined {
  if (data.length < 4 || data[3] !== 0) return undefined;
  const size = { 1: 4, 2: 16 }[data.readUInt16BE(0)];
  const prefix = data[2] as number;
  if (size === undefined || prefix > size * 8 || data.length !== 4 + Math.ceil(prefix / 8)) return undefined;
  if (prefix % 8 !== 0 && (data[data.length - 1] as number) & (0xff >> (prefix % 8))) return undefined;
  const bytes = Buffer.alloc(size);
  data.copy(bytes, 0, 4);
  return { address: ipaddr.fromByteArray([...bytes]).toString(), prefix };
}

/** The option of the answer: what was sent, and for how much of it the answer holds. */
export function answerSubnet(data: Buffer, scope: number): Buffer {
  const bytes = Buffer.from(data);
  bytes[3] = scope;
  return bytes;
}
