// Numbers as P4Runtime has them: the most significant byte first, and no more bytes than it takes (P4Runtime 1.4, 8.4).

/** Never empty: zero is one byte. */
export function bytesOf(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

/** Also of one with more bytes than it takes, as servers before 1.3 give it. */
export function numberOf(bytes: Uint8Array | undefined): number {
  return [...(bytes ?? [])].reduce((value, byte) => value * 256 + byte, 0);
}

/** Whether there is no byte too much. */
export function isCanonical(bytes: Uint8Array): boolean {
  return bytes.length > 0 && (bytes.length === 1 || bytes[0] !== 0);
}
