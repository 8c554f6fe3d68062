/** Whether an option of a query names a network of clients as RFC 7871, 7.1.2, wants it. */
export function isSubnet(data: Buffer): boolean {
  if (data.length < 4 || data[3] !== 0) return false;
  const size = { 1: 4, 2: 16 }[data.readUInt16BE(0)];
  const prefix = data[2] as number;
  if (size === undefined || prefix > size * 8 || data.length !== 4 + Math.ceil(prefix / 8)) return false;
  return prefix % 8 === 0 || ((data.at(-1) as number) & (0xff >> (prefix % 8))) === 0;
}

/** The option of the answer: what was sent, and that the answer is for all clients (scope 0). */
export function answerSubnet(data: Buffer): Buffer {
  const bytes = Buffer.from(data);
  bytes[3] = 0;
  return bytes;
}
