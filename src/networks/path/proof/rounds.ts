import type { Groups } from '../patch/groups.ts';
import { instancesOf, type Stage } from '../patch/hops.ts';
import type { KnownPassage } from '../patch/passage.ts';

// By which instances probes pass a chain, so that they pass each. Pure.

/** Of each group by its place, a byte each: which of its instances. */
export type Choices = readonly number[];

/** At most: `PROBE_CHOICES` of dataplane/probe.h. */
const most = 16;

export interface Round {
  readonly passages: readonly KnownPassage[];
  readonly choices: Choices;
}

/** `wanted`: the functions that are to be proved; others that stand beside them are left alone. */
export function roundsOf(
  stages: readonly Stage<KnownPassage>[],
  groups: Groups,
  wanted: ReadonlySet<string>,
): Round[] {
  const all = stages.map((stage) => {
    const instances = instancesOf(stage);
    const asked = instances.filter((one) => wanted.has(one.function));
    const place = 'group' in stage ? groups.get(stage.group)?.place : undefined;
    return { instances, asked: asked.length > 0 ? asked : instances, place };
  });
  const rounds = Math.max(1, ...all.map(({ asked }) => asked.length));
  return Array.from({ length: rounds }, (_, round) => {
    const choices = Array.from({ length: most }, () => 0);
    const passages = all.flatMap(({ instances, asked, place }) => {
      const passage = asked[round % asked.length];
      if (passage && place !== undefined) choices[place] = instances.indexOf(passage);
      return passage ?? [];
    });
    return { passages, choices };
  });
}
