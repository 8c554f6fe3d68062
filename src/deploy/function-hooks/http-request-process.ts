import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ask, type HookRequest } from './http-request.ts';

// A process of its own, in the network namespace of a function: it asks once, prints the answer and ends. It goes with the node, which
// keeps its input open.

const lines = createInterface({ input: process.stdin });
const [line] = (await once(lines, 'line')) as [string];
lines.once('close', () => process.exit());
const answer = JSON.stringify(await ask(JSON.parse(line) as HookRequest));
process.stdout.write(answer, () => process.exit());
