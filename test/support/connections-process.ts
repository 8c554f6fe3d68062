// Run in a pod's network namespace: opens connections at a steady pace, each from a port that no other has. Answers each line of
// input: an order to begin with `going`, once some were answered; `close` what is kept open; anything else ends it, with what became
// of all.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ConnectionsOrder, ConnectionsOutcome } from './connections.ts';
import { SteadyRequests } from './steady-requests.ts';
import { until } from './until.ts';

/** Milliseconds after which a connection has failed: TCP has said its first word three times by then. */
const timeout = 5000;
/** Milliseconds between two words over a connection that is kept open. */
const pause = 50;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const order = JSON.parse((await lines.next()).value ?? '') as ConnectionsOrder;
let port = order.firstPort;
const open = new Map<number, Socket>();
const broken = new Set<number>();
const opened: number[] = [];
const kept: number[] = [];

for (let index = 0; index < order.kept; index++) kept.push(await keep());
const load = new SteadyRequests(order.perSecond, request, timeout);
await until('connections are answered', () => opened.length > 50, timeout * 2, 5);
answer('going');
for (let line = await lines.next(); line.value === 'close'; line = await lines.next()) {
  await Promise.all([...open].map(([own, socket]) => close(own, socket)));
  answer('closed');
}
await load.stop();
const outcome: ConnectionsOutcome = {
  took: load.all.filter(({ failure }) => failure === undefined).map(({ began, ended }) => ended - began),
  failures: load.failed.map(({ failure = '' }) => failure),
  opened,
  kept,
  broken: [...broken],
  nextPort: port,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit());

/** One connection, over which a word goes there and back. */
async function request(): Promise<void> {
  const own = port++;
  const socket = connect({ host: order.address, port: order.port, localPort: own });
  try {
    socket.write('x');
    await once(socket, 'data');
    opened.push(own);
    socket.end();
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** One that is kept, over which a word goes there and back again and again. */
async function keep(): Promise<number> {
  const own = port++;
  const socket = connect({ host: order.address, port: order.port, localPort: own });
  const say = () => socket.write('x');
  say();
  await once(socket, 'data');
  open.set(own, socket);
  const timer = setInterval(say, pause);
  const gone = () => {
    clearInterval(timer);
    if (open.delete(own)) broken.add(own);
  };
  socket.on('error', gone).on('close', gone);
  return own;
}

/** Ends one; it is broken when nothing comes over it any more. */
async function close(own: number, socket: Socket): Promise<void> {
  const isAlive = await once(socket, 'data', { signal: AbortSignal.timeout(timeout) }).then(
    () => true,
    () => false,
  );
  if (!open.delete(own)) return;
  if (!isAlive) broken.add(own);
  socket.end();
}

function answer(word: string): void {
  process.stdout.write(`${word}\n`);
}
