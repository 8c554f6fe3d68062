// Compiles shim/, the program of the doors, and shim/entry/, that of LXC's containers: static, so that they start at once, and run in
// whatever they are started in.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isThere, root, stop, toRun } from './setup.mjs';

const folder = path.join(root, 'shim');

/** Into the folder `shim` of one where what is built is. */
export function buildShim(dist) {
  if (!isThere(toRun.clang)) stop('shim/ cannot be compiled: apt-get install clang');
  mkdirSync(path.join(dist, 'shim'), { recursive: true });
  compile(folder, path.join(dist, 'shim', 'heddle-door'));
  compile(path.join(folder, 'entry'), path.join(dist, 'shim', 'heddle-entry'));
}

function compile(folder, program) {
  const flags = ['-std=c17', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', '-static', '-s'];
  const sources = readdirSync(folder).filter((name) => name.endsWith('.c'));
  const args = [...flags, '-o', program, ...sources.sort().map((name) => path.join(folder, name))];
  const { status, stderr } = spawnSync('clang', args, { encoding: 'utf8' });
  if (status !== 0) stop(`clang could not compile shim/:\n${stderr}`);
}
