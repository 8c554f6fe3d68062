import type { AddressedLink } from '../ip.ts';

/** What else is known of the host's interfaces. */
export interface LinksContext {
  /** Links that the bond has now: what the kernel gave them by itself meanwhile is nothing. */
  readonly own: ReadonlySet<string>;
  /** Interfaces that routes lead through, but for those that the kernel makes for each. */
  readonly routed: ReadonlySet<string>;
  /** Interfaces that are part of something else, with what that is. */
  readonly usedElsewhere: ReadonlyMap<string, string>;
}

/**
 * The links of a bond that can be its members, and why others cannot. Pure.
 * @param all interfaces of the host
 */
export function judgeLinks(
  { name, links }: { readonly name: string; readonly links: readonly string[] },
  all: readonly AddressedLink[],
  context: LinksContext,
): { readonly able: AddressedLink[]; readonly refused: ReadonlyMap<string, string> } {
  const there = links.flatMap((link) => all.find(({ ifname }) => ifname === link) ?? []);
  const reasons = there.flatMap((link) => {
    const why = whyNot(name, link, all, context);
    return why === undefined ? [] : [[link.ifname, why] as const];
  });
  const refused = new Map(reasons);
  return { able: there.filter(({ ifname }) => !refused.has(ifname)), refused };
}

/** A card that a bond takes is cut off from all else: whatever somebody has of it, keeps it. */
function whyNot(
  bond: string,
  link: AddressedLink,
  all: readonly AddressedLink[],
  { own, routed, usedElsewhere }: LinksContext,
): string | undefined {
  const { ifname, master, ifalias } = link;
  const isOwn = own.has(ifname);
  const elsewhere = usedElsewhere.get(ifname);
  if (link.link_type !== 'ether') return 'it is no Ethernet';
  if (elsewhere !== undefined) return `it is a port of ${elsewhere}`;
  if (master !== undefined && master !== bond && !(isOwn && master === 'ovs-system'))
    return `it is a port of ${master}`;
  if (ifalias?.startsWith('heddle ')) return `it is of a network: "${ifalias}"`;
  const upper = all.find((one) => one.link === ifname && one.linkinfo?.info_kind !== 'veth');
  if (upper) return `${upper.ifname} is on it`;
  const address = link.addr_info.find((one) => one.scope === 'global' && !(isOwn && one.dynamic === true));
  if (address)
    return `it has the address ${address.local}/${address.prefixlen}, which nobody would reach: give it to the bond (addresses), and take it from the link`;
  if (!isOwn && routed.has(ifname)) return 'routes lead through it';
  return undefined;
}
