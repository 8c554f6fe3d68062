import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObservedContainer } from '../../engines/observed.ts';
import { HeddleError } from '../../lib/errors.ts';

/** The variable of the environment that all processes of a call have. */
export const idVariable = 'HEDDLE_HOOK_ID';
/** Milliseconds of looking, and between two looks: what is killed may take a moment to go, and may have begun more meanwhile. */
const looks = { time: 3000, pause: 20 } as const;

/** A process of a container, as far as it is told by that whose it is. */
export interface ContainerProcess {
  readonly pid: number;
  readonly parent: number;
  /** Whether the variable of the call is in its environment. */
  readonly isMarked: boolean;
}

/**
 * Ends all processes of a call of a hook in a container: those that bear its id in their environment, and what those began.
 * @param isOver whether the engine begins none any more: until then nothing seen is no end
 * @throws HeddleError ERR_FUNCTION_HOOK when some do not end, or the engine may still begin one
 */
export async function endProcesses(
  { id, name }: Pick<ObservedContainer, 'id' | 'name'>,
  call: string,
  isOver: () => boolean = () => true,
): Promise<void> {
  const end = performance.now() + looks.time;
  while (performance.now() < end) {
    // Asked before the look: what was begun until then is seen.
    const wasOver = isOver();
    const found = processesOf(await processesIn(id, call));
    if (found.length === 0 && wasOver) return;
    for (const pid of found) kill(pid);
    await sleep(looks.pause);
  }
  throw new HeddleError(
    'ERR_FUNCTION_HOOK',
    isOver()
      ? `${name}: processes of its hook do not end when they are killed`
      : `${name}: the engine does not say that its hook has ended`,
  );
}

/** Those of a call: the marked ones, and all below them. Pure. */
export function processesOf(all: readonly ContainerProcess[]): number[] {
  const own = new Set(all.filter(({ isMarked }) => isMarked).map(({ pid }) => pid));
  for (let before = -1; before !== own.size; ) {
    before = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  return [...own];
}

/** The processes of a container, by their control group. Each may be gone by now. */
async function processesIn(container: string, call: string): Promise<ContainerProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
      if (!cgroup.includes(container)) return [];
      const [stat, environment] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
      ]);
      return processFrom(Number(pid), stat, environment, call);
    }),
  );
  return found.flat();
}

/** From proc_pid_stat(5) and proc_pid_environ(5). One that has ended and waits for its parent is none any more. */
export function processFrom(
  pid: number,
  stat: string,
  environment: string,
  call: string,
): ContainerProcess[] {
  // Its name, in brackets, may hold anything.
  const [state = 'X', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || 'ZX'.includes(state)) return [];
  const isMarked = environment.split('\0').includes(`${idVariable}=${call}`);
  return [{ pid, parent: Number(parent), isMarked }];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
