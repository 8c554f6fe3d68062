import { type Domain, type Entity, membersOf, type Workspace } from './domain.ts';

/** What of a domain is shown. */
export interface Tables {
  readonly titles: readonly Entity[];
  readonly workspaces: readonly (Workspace & { readonly members: readonly string[] })[];
}

export interface Counts {
  readonly titles: number;
  readonly workspaces: number;
  /** Of all workspaces together. */
  readonly members: number;
}

export function tablesOf(domain: Domain): Tables {
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
