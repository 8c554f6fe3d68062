import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '../program.ts';

/** Milliseconds between two looks at a process that is nobody's child here. */
const interval = 200;

/** A master of nginx: started here, or found running. Its workers are in its process group. */
export class Master {
  readonly pid: number;
  readonly #program: Program | undefined;
  readonly closed: Promise<void>;

  constructor(pid: number, program?: Program) {
    this.pid = pid;
    this.#program = program;
    this.closed = program?.closed ?? this.#gone();
  }

  get isRunning(): boolean {
    return this.#program?.isRunning ?? signal(this.pid, 0);
  }

  get said(): string {
    return this.#program?.said ?? '';
  }

  /** Why it is over. */
  get end(): string {
    return this.#program?.end ?? 'it is gone';
  }

  signal(name: NodeJS.Signals): void {
    signal(this.pid, name);
  }

  /** Ends what is left of its process group: workers whose master was killed go on, and hold its ports. */
  async endGroup(): Promise<void> {
    for (let left = 50; signal(-this.pid, 'SIGKILL') && left > 0; left--) await sleep(interval / 10);
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    await this.closed;
    await this.endGroup();
  }

  async #gone(): Promise<void> {
    while (signal(this.pid, 0)) await sleep(interval, undefined, { ref: false });
  }
}

/** @returns whether there was such a process */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
