import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/until.ts';

/** Where the lab keeps what it writes. Fixed, so that one that was killed can be found and removed. */
export const folder = '/run/heddle-three-archetypes';

/** Ends the hosts of a lab, and with them all that runs in them, and removes its folder. Whoever built it. */
export async function removeLab(): Promise<void> {
  const hosts = () => (existsSync(folder) ? readdirSync(folder).flatMap(firstOf) : []);
  for (const pid of hosts()) process.kill(pid, 'SIGKILL');
  await until('all hosts have ended', () => hosts().length === 0, 10_000);
  rmSync(folder, { recursive: true, force: true });
}

/** A host's first process as it was written down, if it is that still: ids are given again. */
function firstOf(name: string): number[] {
  const file = path.join(folder, name, 'pid');
  if (!existsSync(file)) return [];
  const [pid = '', since] = readFileSync(file, 'utf8').split(' ');
  return startOf(Number(pid)) === since ? [Number(pid)] : [];
}

/** When a process started, in the kernel's words (proc_pid_stat(5), field 22); nothing when it has ended. */
export function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  } catch {
    return undefined;
  }
}
