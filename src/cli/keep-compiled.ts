import { flushCompileCache } from 'node:module';

/** Milliseconds after its start, when what it does at each start is compiled. */
const soon = 1000;

/**
 * Keeps what this process has compiled for the next start. Node does that when a process ends, but not for one that is killed:
 * what lives long would compile everything anew.
 */
export function keepCompiled(): void {
  setTimeout(flushCompileCache, soon).unref();
}
