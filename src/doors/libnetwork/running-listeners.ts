import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { shim } from '../shim.ts';

/**
 * Processes that listen at a socket for a node, by what they are: a number in a file is lost with a node that is killed before it
 * writes it. One of a container, where the same paths are other files, is none.
 * @param socket where Docker asks; `node`: where they ask; `proc`: where the kernel shows processes
 */
export function runningListeners(socket: string, node: string, proc = '/proc'): number[] {
  const isOne = (pid: string) => {
    const [, kind, listensAt] = textOf(path.join(proc, pid, 'cmdline')).split('\0');
    return (
      kind === 'docker' &&
      listensAt === socket &&
      textOf(path.join(proc, pid, 'comm')).trim() === path.basename(shim) &&
      textOf(path.join(proc, pid, 'environ'))
        .split('\0')
        .includes(`HEDDLE_SOCKET=${node}`) &&
      linkOf(path.join(proc, pid, 'ns/pid')) === linkOf(path.join(proc, 'self/ns/pid'))
    );
  };
  const all = readdirSync(proc).filter((name) => /^\d+$/.test(name) && isOne(name));
  // One that answers a request is the listener's child, and looks the same.
  return all.filter((pid) => !all.includes(parentOf(path.join(proc, pid, 'stat')))).map(Number);
}

/** proc_pid_stat(5): the second field, in parentheses, may have any. */
function parentOf(file: string): string {
  const text = textOf(file);
  return text.slice(text.lastIndexOf(')')).split(' ')[2] ?? '';
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
