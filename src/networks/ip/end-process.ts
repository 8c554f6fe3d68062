import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';

/** Milliseconds that it may take to end. */
const patience = 3000;

/**
 * Ends a process of which only its id is known, and waits until it has.
 * @param pidOf its id, as long as it runs
 * @throws HeddleError ERR_NETWORK when it does not
 */
export async function endProcess(what: string, pidOf: () => number | undefined): Promise<void> {
  const pid = pidOf();
  if (pid === undefined) return;
  signal(pid, 'SIGTERM');
  for (let waited = 0; waited < patience; waited += 10) {
    if (pidOf() === undefined) return;
    await pause(10);
  }
  throw new HeddleError('ERR_NETWORK', `${what} (process ${pid}) did not end within ${patience} ms`);
}

/** One that has ended meanwhile hears nothing. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
