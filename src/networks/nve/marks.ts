import { HeddleError } from '../../lib/errors.ts';
import type { Link } from '../ip.ts';

// What the edge has made is known by its alias, and not by its name, which anybody may have given. Of a veth one end bears it. Pure.

/** Whether it bears the mark itself. */
export function isMarked({ ifalias }: Link): boolean {
  return ifalias?.startsWith('heddle ingress ') ?? false;
}

/** Whether the edge has made it, or the veth that it is an end of. */
export function isOfEdge(link: Link, links: readonly Link[]): boolean {
  const peer = otherEnd(link, links);
  return isMarked(link) || (peer !== undefined && isMarked(peer));
}

/** The other end of a veth of which both are here: each names the other. */
export function otherEnd({ ifname, link, linkinfo }: Link, links: readonly Link[]): Link | undefined {
  if (linkinfo?.info_kind !== 'veth') return undefined;
  return links.find((other) => other.ifname === link && other.link === ifname);
}

/**
 * Checks that a name is free, or the edge's.
 * @param who needs it: `network lab`
 * @throws HeddleError ERR_NETWORK
 */
export function checkName(name: string, links: readonly Link[], who: string): void {
  const found = links.find(({ ifname }) => ifname === name);
  if (!found || isOfEdge(found, links)) return;
  const kind = found.linkinfo?.info_kind ?? 'an interface';
  throw new HeddleError('ERR_NETWORK', `${who}: interface ${name} is there (${kind}), and not the edge’s`, {
    hint: `give it another name (ip link set ${name} name …), or take it away`,
  });
}
