import { existsSync, readFileSync, statSync } from 'node:fs';
import type { ObservedContainer } from '../observed.ts';
import type { ContainerFiles, LxcFolders } from './folders.ts';
import { ask } from './programs.ts';
import type { LxcRecord } from './record.ts';

/** How a container is. */
export type LxcState = Pick<ObservedContainer, 'state' | 'pid' | 'exitCode' | 'startedAt' | 'finishedAt'>;

/** Reads how a container is, from what conmon(8) has noted and from LXC. */
export async function stateOf(
  { name, id }: Pick<LxcRecord, 'name' | 'id'>,
  folders: LxcFolders,
): Promise<LxcState> {
  const files = folders.of(name);
  const startedAt = timeOf(files.pid);
  if (startedAt === undefined) return { state: 'created' };
  const ended = endOf(files);
  if (ended) return { state: 'stopped', startedAt, ...ended };
  const { word, pid } = await infoOf(name, folders);
  if (pid !== undefined) return { state: word === 'FROZEN' ? 'paused' : 'running', startedAt, pid };
  // It is about to run, or has just ended; who watches it is gone as well where the host was started anew.
  return isWatched(files, id)
    ? { state: 'running', startedAt }
    : { state: 'stopped', startedAt, ...endOf(files) };
}

/** Exit code, and when that was; nothing: it has not ended, as far as anybody has seen. */
export function endOf({
  exit,
  lxcLog,
}: ContainerFiles): { exitCode: number; finishedAt: number } | undefined {
  const finishedAt = timeOf(exit);
  if (finishedAt === undefined) return undefined;
  const said = existsSync(lxcLog) ? readFileSync(lxcLog, 'utf8') : '';
  return { exitCode: exitIn(said) ?? Number(readFileSync(exit, 'utf8').trim() || 255), finishedAt };
}

/**
 * How a container's first program ended, which LXC says in its log alone, and not where it ended well. As a shell has it: 128 and the
 * signal's number. Pure.
 */
export function exitIn(lxcLog: string): number | undefined {
  const all = [...lxcLog.matchAll(/ Child <\d+> ended on (error|signal) [^(\n]*\((\d+)\)/g)];
  const [, how, number] = all.at(-1) ?? [];
  return how === undefined ? undefined : Number(number) + (how === 'signal' ? 128 : 0);
}

/** `RUNNING`, `STOPPED`, `FROZEN`, and the process id of its first program. */
export async function infoOf(
  name: string,
  { containers }: LxcFolders,
): Promise<{ readonly word: string; readonly pid?: number }> {
  const text = await ask('lxc-info', ['-P', containers, '-n', name, '-s', '-p', '-H']).catch(() => '');
  const pid = Number(/^PID:\s+(\d+)$/m.exec(text)?.[1] ?? 0);
  const word = /^State:\s+([A-Z]+)$/m.exec(text)?.[1] ?? 'STOPPED';
  return { word, ...(pid > 0 && { pid }) };
}

/** Whether conmon still watches it: its process, and no other that has got its id. */
function isWatched({ monitor }: ContainerFiles, id: string): boolean {
  try {
    const pid = Number(readFileSync(monitor, 'utf8'));
    return pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(id);
  } catch {
    return false;
  }
}

/** Milliseconds since 1970 at which a file was written last; nothing: there is none. */
function timeOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && Math.round(found.mtimeMs);
}
