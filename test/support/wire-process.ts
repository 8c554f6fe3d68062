// A process that puts a function in the path of a pod, or takes it out, which a test may kill at any command:
//   wire-process.ts insert|remove ENDS
import type { PathEnds } from '../../src/networks/path/patch/scene.ts';
import { insertPath, removePath } from '../../src/networks/path/path.ts';

const [verb, text = ''] = process.argv.slice(2);
const ends = JSON.parse(text) as PathEnds;
if (verb === 'insert') await insertPath(ends);
else await removePath(ends.project, ends.pod);
