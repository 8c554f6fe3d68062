import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Says beside what a gateway keeps on disk that it runs: for who asks there what it answers. */
export class RunningFile {
  readonly #file: string;

  constructor(state: string) {
    this.#file = path.join(state, 'running');
  }

  /** A disk that takes nothing makes no difference to what is answered. */
  write(): void {
    try {
      writeFileSync(this.#file, marks(process.pid), { mode: 0o600 });
    } catch {}
  }

  remove(): void {
    try {
      rmSync(this.#file, { force: true });
    } catch {}
  }

  /** Whether the process that wrote it is there still. */
  isTrue(): boolean {
    try {
      const written = readFileSync(this.#file, 'utf8');
      return written === marks(Number.parseInt(written, 10));
    } catch {
      return false;
    }
  }
}

/** A process, and when it was started, in ticks since the machine was: numbers are given again (proc_pid_stat(5)). */
function marks(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in parentheses, which may hold anything; the start is the 22nd.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
  return `${pid} ${start}`;
}
