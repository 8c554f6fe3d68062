import { entrances, type Groups } from './groups.ts';
import type { Choice, Passage } from './hops.ts';

/** The groups of which all instances are among passages. Pure. */
export function choicesIn<P extends Passage>(groups: Groups, all: readonly P[]): Choice<P>[] {
  const byPort = new Map(all.map((passage) => [passage.outer, passage]));
  return [...groups].flatMap(([group, { instances }]) => {
    const known = instances.flatMap(({ outer }) => byPort.get(outer) ?? []);
    return known.length === instances.length && known.length > 0
      ? [{ group, ...entrances(group), instances: known }]
      : [];
  });
}
