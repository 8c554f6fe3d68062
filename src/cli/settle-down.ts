import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/** Milliseconds after its start, when what it does at each start is compiled. */
const soon = 1000;

/**
 * For what lives long, once it has started. What it has compiled is kept for the next start: Node does that when a process ends, but
 * not for one that is killed. And V8 keeps its heap small: from the beginning, that would make every start longer by a quarter.
 */
export function settleDown(): void {
  setTimeout(() => {
    flushCompileCache();
    setFlagsFromString('--optimize-for-size');
  }, soon).unref();
}
