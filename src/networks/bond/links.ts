import type { AddressedLink } from '../ip.ts';

/**
 * The links of a bond that can be its members, and why others cannot. Pure.
 * @param all interfaces of the host
 */
export function judgeLinks(
  { name, links }: { readonly name: string; readonly links: readonly string[] },
  all: readonly AddressedLink[],
): { readonly able: AddressedLink[]; readonly refused: ReadonlyMap<string, string> } {
  const there = links.flatMap((link) => all.find(({ ifname }) => ifname === link) ?? []);
  const reasons = there.flatMap((link) => {
    const why = whyNot(name, link);
    return why === undefined ? [] : [[link.ifname, why] as const];
  });
  const refused = new Map(reasons);
  return { able: there.filter(({ ifname }) => !refused.has(ifname)), refused };
}

function whyNot(bond: string, link: AddressedLink): string | undefined {
  if (link.link_type !== 'ether') return 'it is no Ethernet';
  if (link.master !== undefined && link.master !== bond && link.master !== 'ovs-system')
    return `it is a port of ${link.master}`;
  const address = link.addr_info.find(({ scope }) => scope === 'global');
  if (address)
    return `it has the address ${address.local}/${address.prefixlen}, which nobody would reach: give it to the bond (addresses), and take it from the link`;
  return undefined;
}
