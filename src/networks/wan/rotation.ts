import type { OwnKeys } from './key-store.ts';
import { type LinkEnd, mostKnown } from './link-end.ts';

// When a node changes its private key. A new one is made known first; it is used when all that can be reached take it. Pure.

/** Milliseconds that nodes have for that; one that is away reads the new key when it is back. */
const patience = 15_000;

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
  readonly linked: readonly LinkEnd[];
}

export type RotationStep = 'none' | 'prepare' | 'wait' | 'advance';

export function rotationStep({ keys, now, age, announced, here, linked }: RotationInput): RotationStep {
  const { next } = keys;
  if (!next) return now - keys.since >= age ? 'prepare' : 'none';
  if (announced === undefined) return 'wait';
  const isKnown = linked.every(({ knows }) => knows[here] === next.publicKey);
  return isKnown || now - announced >= patience ? 'advance' : 'wait';
}

/** What this node takes besides, of all that are about to change: to be made known when it does. */
export function knownOf(others: ReadonlyMap<string, LinkEnd>): Record<string, string> {
  const changing = [...others].flatMap(([node, { keys }]) =>
    keys.next === undefined ? [] : [[node, keys.next] as const],
  );
  return Object.fromEntries(changing.slice(0, mostKnown));
}
