import type { Link } from '../../ip.ts';
import { aliasOf } from '../../linux/names.ts';
import { checkName, isOfEdge, otherEnd } from '../marks.ts';

// The veth at whose ends frames are wrapped, and how it is known. Pure.

/** Where frames are tagged, and where they are wrapped. */
export const [taggedEnd, wrappedEnd] = ['hnode0', 'hnode1'] as const;

/** What the tagged end bears when all is done, and before. */
export const marked = aliasOf('ingress', 'edge', 'nodes');
export const unfinished = aliasOf('ingress', 'edge', 'nodes, unfinished');

export interface NodeLinkFound {
  /** An end of the edge's, by which all of it can be taken away. */
  readonly own: string | undefined;
  readonly isWhole: boolean;
}

/**
 * What there is of it.
 * @throws HeddleError ERR_NETWORK where somebody else has one of the names
 */
export function nodeLinkIn(links: readonly Link[]): NodeLinkFound {
  for (const end of [taggedEnd, wrappedEnd]) checkName(end, links, 'the link between nodes');
  const tagged = links.find(({ ifname }) => ifname === taggedEnd);
  const isWhole =
    tagged !== undefined && tagged.ifalias === marked && otherEnd(tagged, links)?.ifname === wrappedEnd;
  return { own: ownNodeLink(links), isWhole };
}

/** An end of the edge's, whatever others have by these names. */
export function ownNodeLink(links: readonly Link[]): string | undefined {
  const ends = links.filter(({ ifname }) => ifname === taggedEnd || ifname === wrappedEnd);
  return ends.find((link) => isOfEdge(link, links))?.ifname;
}
