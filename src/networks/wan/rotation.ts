import type { OwnKeys } from './key-store.ts';
import { type LinkEnd, mostKnown } from './link-end.ts';
import type { Named } from './paths.ts';

// When a node changes its private key. A new one is made known first; it is used when all that can be reached take it. Pure.

/** Milliseconds that those have for that: who does not read the shared state for so long loses its link. */
const patience = 86_400_000;

export interface RotationInput {
  readonly keys: OwnKeys;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds. */
  readonly age: number;
  /** Since when the next key is known to others; nothing: it is not, or there is none. */
  readonly announced: number | undefined;
  /** This node, and the others with a link that is up. */
  readonly here: string;
  readonly linked: readonly Named[];
}

export type RotationStep = 'none' | 'prepare' | 'wait' | 'advance';

export function rotationStep({ keys, now, age, announced, here, linked }: RotationInput): RotationStep {
  const { next } = keys;
  // One that is of the future was made by a wrong clock.
  if (!next) return now - keys.since >= age || keys.since > now ? 'prepare' : 'none';
  if (announced === undefined) return 'wait';
  const isKnown = unaware(here, next.publicKey, linked).length === 0;
  return isKnown || now - announced >= patience ? 'advance' : 'wait';
}

/** Nodes that do not take a key of this one yet. */
export function unaware(here: string, key: string, linked: readonly Named[]): string[] {
  return linked.filter(({ end }) => end.knows[here] !== key).map(({ node }) => node);
}

/** What this node takes besides, of all that are about to change: to be made known when it does. */
export function knownOf(others: ReadonlyMap<string, LinkEnd>): Record<string, string> {
  const changing = [...others].flatMap(([node, { keys }]) =>
    keys.next === undefined ? [] : [[node, keys.next] as const],
  );
  return Object.fromEntries(changing.slice(0, mostKnown));
}
