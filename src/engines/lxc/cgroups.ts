import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where they are: all in one, or a folder for each controller (cgroups(7)). */
const root = '/sys/fs/cgroup';
/** Milliseconds that what is in one may take to end when it is killed. */
const longest = 3000;

/**
 * Ends what is left in the cgroups of a container in which nothing is to run, and removes them: LXC leaves them where it was killed itself,
 * and starts nothing in one that is there already; and where processes are not the container’s own, none of them ends with its first.
 */
export async function endCgroups(id: string): Promise<void> {
  const folders = [`lxc.payload.${id}`, `lxc.monitor.${id}`].flatMap(foldersOf);
  for (const until = performance.now() + longest; ; await sleep(10)) {
    const pids = new Set(folders.flatMap(pidsIn));
    if (pids.size === 0 || performance.now() >= until) break;
    for (const pid of pids) killIfThere(pid);
  }
  // The inner first. What is still used stays, and is said by who starts next.
  for (const folder of folders.flatMap(below).sort((a, b) => b.length - a.length)) {
    try {
      rmdirSync(folder);
    } catch {}
  }
}

function foldersOf(name: string): string[] {
  const places = [root, ...foldersIn(root)];
  return places.map((place) => path.join(place, name)).filter((folder) => existsSync(folder));
}

/** A folder and those in it. */
function below(folder: string): string[] {
  return [folder, ...foldersIn(folder).flatMap(below)];
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map(({ name }) => path.join(folder, name));
  } catch {
    return [];
  }
}

function pidsIn(folder: string): number[] {
  return below(folder).flatMap((one) => {
    try {
      return readFileSync(path.join(one, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  });
}

function killIfThere(pid: number): void {
  try {
    // 0 is one that is in a namespace which this process does not see.
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch {}
}
