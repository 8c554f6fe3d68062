import { contentHash } from '../../lib/hash.ts';
import type { Network } from './network.ts';

/** Characters that a name may have: those of a container. */
const longest = 227;

/** What a network is called at the service of another archetype that has a part of it: as there, and no longer than a name may be. */
export function partName(prefix: string, network: string): string {
  const whole = `${prefix}.${network}`;
  if (whole.length <= longest) return whole;
  const hash = contentHash(whole).slice(0, 12);
  return `${whole.slice(0, longest - hash.length - 1)}.${hash}`;
}

/** What a network is called by those who are on it: one that is a part of another, as that. */
export function calledName({ name, labels }: Pick<Network, 'name' | 'labels'>): string {
  // Labels are whatever somebody said, and a name becomes a part of a path.
  return /^[a-z]+\/([a-zA-Z0-9][\w.-]*)$/.exec(labels['heddle.owner'] ?? '')?.[1] ?? name;
}
