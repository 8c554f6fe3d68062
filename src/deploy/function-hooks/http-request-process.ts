import { text } from 'node:stream/consumers';
import { ask, type HookRequest } from './http-request.ts';

// A process of its own, in the network namespace of a function: it asks once, prints the answer and ends.

const request = JSON.parse(await text(process.stdin)) as HookRequest;
process.stdout.write(JSON.stringify(await ask(request)));
