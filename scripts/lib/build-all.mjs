import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, stop } from './setup.mjs';

/** Builds all that runs: what is put into the kernel is in C, and in a clone it is not there yet. */
export function buildAll() {
  const script = path.join(root, 'scripts', 'build.mjs');
  const { status } = spawnSync('node', [script], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) stop('What is in this checkout could not be built.');
}
