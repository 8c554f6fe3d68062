// Compiles dataplane/nve.bpf.c, the edge of a host, for the kernel: the same object for every machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { root, stop } from './setup.mjs';

/** Debian's packages that it takes, and what shows that they are there. */
export const toBuild = { clang: 'clang', 'libbpf-dev': '/usr/include/bpf/bpf_helpers.h' };

export function buildDataplane() {
  const missing = Object.entries(toBuild).filter(([name, file]) => !isThere(name, file));
  if (missing.length > 0)
    stop(`The edge's programs cannot be built: apt-get install ${missing.map(([name]) => name).join(' ')}`);
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

function isThere(name, file) {
  if (file.startsWith('/')) return existsSync(file);
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
}
