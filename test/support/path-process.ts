// Run in the network namespace that is the host: leads the traffic of pods through functions, as the node does, with each line
// of input. Answers each with `done`, or with what went wrong.
import { createInterface } from 'node:readline';
import type { PathEnds } from '../../src/networks/path/patch/scene.ts';
import { insertPath, removePath } from '../../src/networks/path/path.ts';

/** With functions it is led through these, without through none. */
export type PathOrder = PathEnds;

for await (const line of createInterface({ input: process.stdin })) {
  const ends = JSON.parse(line) as PathOrder;
  try {
    if (ends.functions.length > 0) await insertPath(ends);
    else await removePath(ends.project, ends.pod);
    process.stdout.write('done\n');
  } catch (error) {
    process.stdout.write(`${String(error).replaceAll('\n', ' ')}\n`);
  }
}
