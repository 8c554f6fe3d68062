// A process that puts a function in the path of a pod, or takes it out, which a test may kill at any command:
//   wire-process.ts insert|remove ENDS
import type { WireEnds } from '../../src/networks/path/wire/scene.ts';
import { insertWire, removeWire } from '../../src/networks/path/wire/wire.ts';

const [verb, text = ''] = process.argv.slice(2);
const ends = JSON.parse(text) as WireEnds;
if (verb === 'insert') await insertWire(ends);
else await removeWire(ends.pod, ends.function);
