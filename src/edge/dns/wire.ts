/** The numbers of DNS that answering needs (IANA, Domain Name System Parameters). */
export const rcode = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  badVersion: 16,
} as const;

/** As other name servers write them. */
export const rcodeNames: Readonly<Record<number, string>> = {
  [rcode.noError]: 'NOERROR',
  [rcode.formatError]: 'FORMERR',
  [rcode.serverFailure]: 'SERVFAIL',
  [rcode.nameError]: 'NXDOMAIN',
  [rcode.notImplemented]: 'NOTIMP',
  [rcode.refused]: 'REFUSED',
};

export const recordType = {
  A: 1,
  NS: 2,
  SOA: 6,
  HINFO: 13,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
} as const;

export const headerLength = 12;
const maximumName = 255;

/**
 * A name in wire form as text, one character a byte, in small letters: equal names are equal texts, whatever bytes
 * their labels hold, and its length is the name's on the wire. Nothing when a label or the name is too long.
 * @param domain in wire form, that the name is relative to; the root when not given
 */
export function wireName(name: string, domain = '\0'): string | undefined {
  let wire = '';
  for (const label of name.split('.')) {
    if (label.length > 63) return undefined;
    if (label !== '') wire += String.fromCharCode(label.length) + label.toLowerCase();
  }
  return wire.length + domain.length <= maximumName ? wire + domain : undefined;
}

/** A name in wire form as people write it. */
export function nameText(wire: string): string {
  const labels: string[] = [];
  for (let at = 0; wire.charCodeAt(at) > 0; at += 1 + wire.charCodeAt(at)) {
    labels.push(wire.slice(at + 1, at + 1 + wire.charCodeAt(at)));
  }
  return labels.join('.');
}

/** The name above a name; nothing above the root. */
export function parentOf(wire: string): string | undefined {
  const length = wire.charCodeAt(0);
  return length === 0 ? undefined : wire.slice(1 + length);
}

/** Whether a name is a domain or under it: labels are compared, not texts. */
export function isWithin(wire: string, domain: string): boolean {
  let at = 0;
  while (wire.length - at > domain.length) {
    const length = wire.charCodeAt(at);
    if (length === 0) return false;
    at += 1 + length;
  }
  return wire.length - at === domain.length && wire.endsWith(domain);
}

/** A name that is read: where it ends, and its text as `wireName` writes it. */
export interface ReadName {
  readonly name: string;
  readonly end: number;
}

const small = Buffer.allocUnsafe(maximumName);

/** The name of a question, in which nothing can be compressed yet; nothing when it is malformed. */
export function readName(bytes: Buffer, start: number): ReadName | undefined {
  let at = start;
  let written = 0;
  for (;;) {
    if (at >= bytes.length) return undefined;
    const length = bytes[at] as number;
    const next = at + 1 + length;
    if (length > 63 || written + 1 + length > maximumName) return undefined;
    small[written++] = length;
    if (length === 0) return { name: small.toString('latin1', 0, written), end: next };
    if (next > bytes.length) return undefined;
    for (at++; at < next; at++) {
      const byte = bytes[at] as number;
      small[written++] = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    }
  }
}

/** Where a name ends, compressed or not. */
export function skipName(bytes: Buffer, start: number): number | undefined {
  let at = start;
  while (at < bytes.length) {
    const length = bytes[at] as number;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    if (length > 63) return undefined;
    at += 1 + length;
  }
  return undefined;
}
