// Compiles what is in dataplane: the programs of the edge (*.bpf.c) for the kernel, the same objects for every machine; and what
// runs beside it, for this machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isThere, root, stop, toRun } from './setup.mjs';

const sources = path.join(root, 'dataplane');

/** Into the folder `dataplane` of one where what is built is. */
export function buildDataplane(dist) {
  const built = path.join(dist, 'dataplane');
  const missing = ['clang', 'libbpf-dev'].filter((name) => !isThere(toRun[name]));
  if (missing.length > 0) stop(`dataplane cannot be compiled: apt-get install ${missing.join(' ')}`);
  mkdirSync(built, { recursive: true });
  // The kernel's own headers stand in a folder for each kind of machine; what is taken from them is alike in all.
  const headers = ['x86_64', 'aarch64'].map((machine) => `/usr/include/${machine}-linux-gnu`);
  const include = headers.filter((folder) => existsSync(folder)).flatMap((folder) => ['-idirafter', folder]);
  for (const name of readdirSync(sources).filter((file) => file.endsWith('.bpf.c')))
    compile(name, path.join(built, name.replace(/\.c$/, '.o')), ['-target', 'bpfel', '-g', ...include, '-c']);
  for (const name of ['etherpipe', 'prober'])
    compile(`${name}.c`, path.join(built, name), [
      '-Wextra',
      '-D_FORTIFY_SOURCE=2',
      '-fstack-protector-strong',
      '-fPIE',
      '-pie',
    ]);
}

function compile(source, target, args) {
  const all = [...args, '-O2', '-Wall', '-Werror', path.join(sources, source), '-o', target];
  const { status, stderr } = spawnSync('clang', all, { encoding: 'utf8' });
  if (status !== 0) stop(`clang could not compile dataplane/${source}:\n${stderr}`);
}
