import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';

/** Milliseconds that it may take to end. */
const patience = 3000;

/**
 * Ends a process of which only its id is known, and waits until it has: one that does not hear is killed. What it has to remember is
 * in files.
 * @param pidOf its id, as long as it runs
 * @throws HeddleError ERR_NETWORK when it does not
 */
export async function endProcess(what: string, pidOf: () => number | undefined): Promise<void> {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    const pid = pidOf();
    if (pid === undefined) return;
    signal(pid, name);
    for (let waited = 0; waited < patience; waited += 10) {
      if (pidOf() === undefined) return;
      await pause(10);
    }
  }
  throw new HeddleError('ERR_NETWORK', `${what} (process ${pidOf()}) does not end`);
}

/** One that has ended meanwhile hears nothing. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Of the process whose id a file has, if it runs and was started with an argument: the number may be another's by now. */
export function pidIn(file: string, argument: string): number | undefined {
  const pid = Number(textOf(file));
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return textOf(`/proc/${pid}/cmdline`)?.split('\0').includes(argument) ? pid : undefined;
}

export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
