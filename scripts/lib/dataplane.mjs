// Compiles dataplane/nve.bpf.c, the edge of a host, for the kernel: the same object for every machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { isThere, root, stop, toRun } from './setup.mjs';

export function buildDataplane() {
  const missing = ['clang', 'libbpf-dev'].filter((name) => !isThere(toRun[name]));
  if (missing.length > 0)
    stop(`dataplane/nve.bpf.c cannot be compiled: apt-get install ${missing.join(' ')}`);
  const object = path.join(root, 'dist', 'dataplane', 'nve.bpf.o');
  mkdirSync(path.dirname(object), { recursive: true });
  // The kernel's own headers stand in a folder for each kind of machine; what is taken from them is alike in all.
  const headers = ['x86_64', 'aarch64'].map((machine) => `/usr/include/${machine}-linux-gnu`);
  const include = headers.filter((folder) => existsSync(folder)).flatMap((folder) => ['-idirafter', folder]);
  const target = ['-target', 'bpfel', '-O2', '-g', '-Wall', '-Werror'];
  const args = [...target, ...include, '-c', path.join(root, 'dataplane/nve.bpf.c'), '-o', object];
  const { status, stderr } = spawnSync('clang', args, { encoding: 'utf8' });
  if (status !== 0) stop(`clang could not compile dataplane/nve.bpf.c:\n${stderr}`);
}
