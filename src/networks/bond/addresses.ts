import type { AddressedLink } from '../ip.ts';

/**
 * The commands of ip-address(8) by which a bond has its addresses: those that it had of Heddle and that nobody wants any more go, and
 * what others gave it stays. Pure.
 * @param before what Heddle gave it, now or earlier
 */
export function addressCommands(
  { name, addresses }: { readonly name: string; readonly addresses: readonly string[] },
  bond: Pick<AddressedLink, 'addr_info'>,
  before: readonly string[],
): string[] {
  const there = new Set(bond.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`));
  return [
    ...before
      .filter((address) => !addresses.includes(address) && there.has(address))
      .map((address) => `address del ${address} dev ${name}`),
    // One of IPv6 would wait for duplicates while nothing passes yet, and then have none.
    ...addresses
      .filter((address) => !there.has(address))
      .map((address) => `address replace ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`),
  ];
}
