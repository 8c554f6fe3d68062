import { spawn } from 'node:child_process';

/** What a command took, in seconds. */
export interface Taken {
  readonly wall: number;
  /** Of the command and of all that it waited for, in user and system mode. */
  readonly cpu: number;
}

/** Runs its arguments, and says on file descriptor 3 what they took: bash is the one that knows of a child's own children. */
const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&4 3>&-; } 4>&2 2>&3';

/**
 * Runs a command to its end and measures it. That bash is started first is not counted.
 * @throws Error with what it printed, when it fails
 */
export function timedRun(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script, 'bash', ...command], {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const printed = { errors: '', times: '' };
    child.stderr?.on('data', (chunk: Buffer) => {
      printed.errors += chunk.toString();
    });
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      printed.times += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`${command.join(' ')}: exit ${code}\n${printed.errors}`));
      const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = printed.times
        .trim()
        .split(' ')
        .map(Number);
      resolve({ wall, cpu: user + system });
    });
  });
}
