import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

/** A prefix as numbers: what of an address is the same, and how many bits that is. */
export interface Prefix {
  readonly family: Family;
  /** Its first address. */
  readonly first: bigint;
  readonly length: number;
}

const widths = { 4: 32, 6: 128 } as const;

/** @param text `10.1.0.0/24`; bits behind the prefix are cut off */
export function prefixOf(text: string): Prefix {
  const [address, length] = ipaddr.parseCIDR(text);
  const family = familyOf(address);
  const size = sizeOf({ family, length });
  return { family, first: (toNumber(address) / size) * size, length };
}

export function prefixText({ family, first, length }: Prefix): string {
  return `${addressText(family, first)}/${length}`;
}

/** How many addresses it has. */
export function sizeOf({ family, length }: Pick<Prefix, 'family' | 'length'>): bigint {
  return 1n << BigInt(widths[family] - length);
}

/** The last address that a host can have in it: the highest of IPv4 means all (RFC 919, 7). */
export function lastOf(prefix: Prefix): bigint {
  return prefix.first + sizeOf(prefix) - (prefix.family === 4 ? 2n : 1n);
}

/** Whether an address in a prefix is one that a host can have: the first is the subnet's (RFC 4291, 2.6.1). */
export function isHost(number: bigint, prefix: Prefix): boolean {
  return number > prefix.first && number <= lastOf(prefix);
}

export function overlap(one: Prefix, other: Prefix): boolean {
  if (one.family !== other.family) return false;
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

/** `length` is that of the smaller prefixes; they come in order. */
export function* partsOf(pool: Prefix, length: number): Generator<Prefix> {
  const size = sizeOf({ family: pool.family, length });
  const end = pool.first + sizeOf(pool);
  for (let first = pool.first; first < end; first += size) yield { family: pool.family, first, length };
}

/** @param text an IP address */
export function numberOf(text: string): { readonly family: Family; readonly number: bigint } {
  const address = ipaddr.parse(text);
  return { family: familyOf(address), number: toNumber(address) };
}

export function addressText(family: Family, number: bigint): string {
  const bytes: number[] = [];
  for (let shift = widths[family] - 8; shift >= 0; shift -= 8)
    bytes.push(Number((number >> BigInt(shift)) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

function familyOf(address: ipaddr.IPv4 | ipaddr.IPv6): Family {
  return address.kind() === 'ipv4' ? 4 : 6;
}

function toNumber(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
