import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readBounded } from '../../lib/read-bounded.ts';

/** Says beside what a gateway keeps on disk that it runs: for who asks there what it answers. */
export class PidFile {
  readonly #file: string;

  constructor(state: string) {
    this.#file = path.join(state, 'gateway.pid');
  }

  /** A disk that takes nothing makes no difference to what is answered. */
  write(): void {
    try {
      writeFileSync(this.#file, mark(process.pid), { mode: 0o600 });
    } catch {}
  }

  /** Removes it if it is one's own: a successor may have written its. */
  remove(): void {
    try {
      if (this.#read() === mark(process.pid)) rmSync(this.#file);
    } catch {}
  }

  /** Whether the process that wrote it is there still; of another PID namespace, that cannot be seen. */
  isAlive(): boolean {
    try {
      const written = this.#read();
      return written === mark(Number.parseInt(written, 10));
    } catch {
      return false;
    }
  }

  #read(): string {
    return readBounded(this.#file, { bytes: 64 }).toString();
  }
}

/** A process, and when it was started, in ticks since the machine was: numbers are given again (proc_pid_stat(5)). */
function mark(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in parentheses, which may hold anything; the start is the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${pid} ${fields[0] === 'Z' ? 'ended' : fields[22 - 3]}`;
}
