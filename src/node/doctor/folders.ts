import { existsSync, type Stats, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { error, type Finding, ok, type Surroundings, warning } from './finding.ts';

const MB = 1_000_000;

/** Space where the node and the engines write. */
export function checkDisk({ paths }: Surroundings, storage: readonly string[]): Finding[] {
  return [...new Set([paths.stateDir, ...storage])].map((folder) => {
    const { bavail, blocks, bsize } = statfsSync(existing(folder));
    return judgeDisk(folder, bavail * bsize, blocks * bsize);
  });
}

export function judgeDisk(folder: string, free: number, size: number): Finding {
  const text = `${Math.round(free / MB)} MB are free at ${folder}`;
  const remedy = 'free some space; `heddle down --volumes` removes what an application has collected';
  if (free < 50 * MB) return error('disk', `${text}: nothing can be started`, remedy);
  if (free < 1000 * MB || free < size * 0.03)
    return warning('disk', `${text}: collectors will fill that`, remedy);
  return ok('disk', text);
}

/** Who may read the node's state: keys and generated secrets are in it. */
export function checkModes({ paths, root }: Surroundings): Finding[] {
  const { stateDir, socket } = paths;
  if (!existsSync(stateDir)) return [ok('state', `${stateDir} is not there yet; the node makes it`)];
  const files = [stateDir, path.join(stateDir, 'key'), path.join(stateDir, 'state.db'), socket];
  const loose = files.flatMap((file) => {
    const found = stats(file);
    return found ? judgeMode(file, found) : [];
  });
  if (loose.length > 0) return loose;
  if (!root) return [warning('state', `${stateDir} can be looked into by root only`, 'run it with sudo')];
  return [ok('state', `${stateDir} and what is in it belong to root alone`)];
}

export function judgeMode(file: string, { mode, uid }: Pick<Stats, 'mode' | 'uid'>): Finding[] {
  if (uid === 0 && (mode & 0o077) === 0) return [];
  const text = `${file} belongs to user ${uid} with mode ${(mode & 0o777).toString(8)}: others may read keys and secrets`;
  return [error('state', text, `chown root: ${file} && chmod go= ${file}`)];
}

function stats(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** The folder itself, or the nearest above it that is there. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(path.dirname(folder));
}
