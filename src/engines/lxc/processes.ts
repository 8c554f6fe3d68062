import type { ProcessTable } from '../console.ts';
import { ask } from './programs.ts';

const columns = ['user', 'pid', 'ppid', 'pcpu', 'stime', 'tty', 'time', 'args'];

/** A container’s first process and those below it, as `ps` of this host shows them. */
export async function processTable(first: number): Promise<ProcessTable> {
  const text = await ask('ps', ['-e', '-o', columns.join(',')]);
  const [titles = [], ...all] = text
    .trimEnd()
    .split('\n')
    .map((line) => splitColumns(line));
  const below = new Set([String(first)]);
  // A parent may be listed after its child where numbers have begun anew.
  for (let before = 0; before < below.size; ) {
    before = below.size;
    for (const [, pid = '', parent = ''] of all) if (below.has(parent)) below.add(pid);
  }
  const shown = all.filter(([, pid = '']) => below.has(pid));
  return { titles, processes: shown };
}

function splitColumns(line: string): string[] {
  const words = line.trim().split(/\s+/);
  const last = columns.length - 1;
  return [...words.slice(0, last), words.slice(last).join(' ')];
}
