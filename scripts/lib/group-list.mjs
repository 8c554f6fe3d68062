// The groups of tests that take long, as test/e2e/groups.json has them:
//   seconds  what it may take on the machine that pace.mjs knows; it fails above that by half
//   lane     "beside": it waits more than it works; "alone": it says how soon something is; else one of two
//   parts    of the source, which it is for: see changed.mjs
//   suffix   of its test files, which stand beside the code; those of a group without one are in a folder of test/e2e
//   room     false: it has to reach something outside
//   nice     as nice(1)
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

const read = JSON.parse(readFileSync(path.join(root, 'test/e2e/groups.json'), 'utf8'));

/** Folders of each part of the source. */
export const parts = read.parts;

export const groups = Object.entries(read.groups).map(([name, group]) => ({ name, ...group }));

/** Whether it needs the packed package, and all that this runs. */
export const isEndToEnd = ({ suffix }) => suffix === undefined;

/** Which groups follow each other, the longest first: as many queues as may be at work at once, and those that may not. */
export function queuesOf(asked, hasRooms) {
  const sorted = [...asked].sort((a, b) => b.seconds - a.seconds);
  const of = (lane) => sorted.filter((group) => group.lane === lane);
  if (!hasRooms) return { lanes: [[...of(undefined), ...of('beside')]], alone: of('alone') };
  // Two that work at once take from one queue; with three on two cores, what has to answer in time now and then does not.
  const working = of(undefined);
  return { lanes: [working, working, of('beside')], alone: of('alone') };
}
