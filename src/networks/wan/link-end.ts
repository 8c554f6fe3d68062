import { integer, type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { nodeName } from '../standard/network.ts';
import { linkAddress } from './addresses.ts';
import { isPublicKey, keyText } from './keys.ts';
import { linkKindNames } from './kind-names.ts';
import { reachableAddress as address, siteName } from './settings.ts';

/** Keys of entries in the state that nodes share: `links/NODE`. */
export const linksPrefix = 'links/';

export function linkKey(node: string): string {
  return `${linksPrefix}${node}`;
}

const publicKey = keyText.refine(isPublicKey);
const port = integer.min(1).max(65_535);

/** Of nodes that change their keys at once: more are known when they are fewer. */
export const mostKnown = 1000;

/** What a node says of itself to those that it has links with. What others wrote is checked by this before anything is made of it. */
export const linkEnd = z.object({
  site: siteName,
  kind: z.enum(linkKindNames),
  /** On the links: derived from the node’s name. */
  address,
  port,
  livenessPort: port,
  uplinks: z
    .array(
      z.object({
        name: text.regex(/^[a-zA-Z0-9_.-]{1,15}$/),
        network: text.max(63),
        address,
        cost: integer.min(0).max(10_000),
      }),
    )
    .max(4),
  keys: z.object({
    current: publicKey,
    /** What it will use when all that are there know it. */
    next: optional(publicKey),
  }),
  /** Of nodes that change their keys: the next one, as soon as this node takes it as well. */
  knows: z.record(nodeName, keyText).refine((all) => Object.keys(all).length <= mostKnown),
});
export type LinkEnd = Of<typeof linkEnd>;

/**
 * What a node has said, if it can be understood: one of another version may say something else. What is led to a node is what is for
 * its own address, whatever it says. Pure.
 */
export function linkEndIn(node: string, value: unknown): LinkEnd | undefined {
  if (!nodeName.safeParse(node).success) return undefined;
  const end = linkEnd.safeParse(value).data;
  return end?.address === linkAddress(node) ? end : undefined;
}
