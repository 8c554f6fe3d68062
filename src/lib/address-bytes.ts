import ipaddr from 'ipaddr.js';

/** Clients ask more than once, and reading an address costs more than answering. */
const remembered = 4096;
const known = new Map<string, Uint8Array>();

/** The 4 or 16 bytes of an address; 4 as well for an IPv4 address in IPv6 form. The bytes are not to be changed. */
export function addressBytes(address: string): Uint8Array {
  const before = known.get(address);
  if (before) return before;
  const bytes = Uint8Array.from(ipaddr.process(address).toByteArray());
  if (known.size >= remembered) known.clear();
  known.set(address, bytes);
  return bytes;
}
