import { createHash } from 'node:crypto';
import { familyOf } from './addresses.ts';
import type { LinkEnd } from './link-end.ts';

/** From an uplink of this node to one of another. */
export interface Path {
  /** The same at both ends, 32 bits. */
  readonly id: number;
  /** For people: `eth1>eth2`, this node's uplink first. */
  readonly name: string;
  readonly uplink: string;
  readonly local: string;
  readonly remote: string;
  /** Milliseconds: of both uplinks together. */
  readonly cost: number;
}

export interface Named {
  readonly node: string;
  readonly end: LinkEnd;
}

/** The paths that there may be: between uplinks to the same network, of the same family of addresses. Pure. */
export function pathsBetween(own: Named, other: Named): Path[] {
  return own.end.uplinks.flatMap((from) =>
    other.end.uplinks
      .filter((to) => to.network === from.network && familyOf(to.address) === familyOf(from.address))
      .map((to) => ({
        id: idOf([`${own.node} ${from.name}`, `${other.node} ${to.name}`]),
        name: `${from.name}>${to.name}`,
        uplink: from.name,
        local: from.address,
        remote: to.address,
        cost: from.cost + to.cost,
      })),
  );
}

/** Never 0, which is none. */
function idOf(ends: readonly string[]): number {
  const hash = createHash('sha256').update([...ends].sort().join('\n'));
  return hash.digest().readUInt32BE(0) || 1;
}
