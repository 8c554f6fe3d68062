// How much slower this machine is, at this moment, than the one that the budgets of groups of tests were set on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** Milliseconds that the work below took there: two cores of 2.1 GHz, with nothing else to do. */
const reference = 340;
const block = Buffer.alloc(1024 * 1024);

/** 1 on a machine as fast as that, or faster; 2 on one that takes twice as long. The best of three, since others may be at work. */
export function pace() {
  const times = [1, 2, 3].map(() => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.max(1, Math.min(...times) / reference);
}

/** What tests do most: start programs, and compute. */
function work() {
  for (let count = 0; count < 40; count++) spawnSync('true');
  const hash = createHash('sha256');
  for (let megabytes = 0; megabytes < 64; megabytes++) hash.update(block);
  hash.digest();
}
