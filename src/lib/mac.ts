/** The six bytes of a hardware address, `02:00:00:00:00:01`. */
export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

/** Bytes as a hardware address is written. */
export function macText(bytes: Buffer): string {
  return bytes.toString('hex').match(/../g)?.join(':') ?? '';
}
