import { parentPort } from 'node:worker_threads';
import { Exchange } from './exchange.ts';
import type { Watch, WatchedPath } from './messages.ts';

// A thread of its own: what the node does besides would keep it from sending in time, and the other node would take the path for dead.

const exchange = new Exchange((reports) => parentPort?.postMessage(reports));
parentPort?.on('message', ({ port, paths }: Watch) =>
  exchange.watch({ port, paths: paths.map(withBuffers) }),
);

/** Buffers arrive as plain bytes. */
function withBuffers(path: WatchedPath): WatchedPath {
  const bytesOf = ({ id, key }: WatchedPath['sends']) => ({ id, key: Buffer.from(key) });
  return { ...path, sends: bytesOf(path.sends), hears: path.hears.map(bytesOf) };
}
