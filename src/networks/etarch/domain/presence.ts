import type { Change } from '../../../state/state-manager.ts';
import { type Asker, forget, isAt, overFarewells } from './decide.ts';
import {
  type Domain,
  dropEntity,
  dropFarewell,
  dropMember,
  dropNode,
  dropWorkspace,
  putEntity,
  putNode,
} from './domain.ts';

// What becomes of a domain when networks and endpoints come and go. Pure.

/** Milliseconds that an entity is kept whose endpoint is gone: it comes back, or is on its way to another node. */
const awayTime = 24 * 3_600_000;

/** The network lives on this node from now on. */
export function enter({ nodes }: Domain, node: string): Change[] {
  return nodes.has(node) ? [] : [putNode(node)];
}

/** It does so no more. What is in the domain stays while it lives anywhere. */
export function depart(domain: Domain, node: string, now: number): Change[] {
  const others = [...domain.nodes].filter((one) => one !== node);
  if (others.length > 0) return [...withdraw(domain, node, [], now), dropNode(node)];
  return [
    ...[...domain.members].flatMap(([of, titles]) => [...titles].map((title) => dropMember(of, title))),
    ...[...domain.workspaces.keys()].map(dropWorkspace),
    ...[...domain.entities.keys()].map(dropEntity),
    ...[...domain.farewells.keys()].map(dropFarewell),
    ...[...domain.nodes].map(dropNode),
  ];
}

/** Who was at an endpoint of this node that is gone, or may not have its title any more, is away: what it joined stays its. */
export function withdraw(
  { entities }: Domain,
  node: string,
  endpoints: readonly Asker[],
  now: number,
): Change[] {
  return [...entities.values()]
    .filter((one) => one.node === node && !endpoints.some((endpoint) => isAt(one, endpoint)))
    .map(({ node: _, ...entity }) => putEntity({ ...entity, since: now }));
}

/** Forgets who has been away for too long, and whose titles were. */
export function prune(domain: Domain, now: number): Change[] {
  const gone = [...domain.entities.values()].filter(
    ({ node, since }) => node === undefined && since < now - awayTime,
  );
  return [
    ...(gone.length === 0 ? [] : forget(domain, new Set(gone.map(({ title }) => title)))),
    ...overFarewells(domain, now).map(dropFarewell),
  ];
}
