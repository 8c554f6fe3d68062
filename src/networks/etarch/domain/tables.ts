import type { Directory } from '../../standard/directory.ts';
import { type Domain, membersOf } from './domain.ts';

export interface Counts {
  readonly titles: number;
  readonly workspaces: number;
  /** Of all workspaces together. */
  readonly members: number;
}

/** What of a domain is shown. */
export function directoryOf(domain: Domain): Directory {
  return {
    titles: [...domain.entities.values()].sort(byTitle),
    workspaces: [...domain.workspaces.values()]
      .sort(byTitle)
      .map((one) => ({ ...one, members: [...membersOf(domain, one.title)].sort() })),
  };
}

export function countsOf({ entities, workspaces, members }: Domain): Counts {
  const counts = [...members.values()].map(({ size }) => size);
  return {
    titles: entities.size,
    workspaces: workspaces.size,
    members: counts.reduce((sum, one) => sum + one, 0),
  };
}

function byTitle(one: { readonly title: string }, other: { readonly title: string }): number {
  return one.title < other.title ? -1 : 1;
}
