import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Backoff } from '../../../lib/backoff.ts';
import type { Reports, Watch } from './messages.ts';

/** The built package has the program beside what starts it. */
const program = import.meta.url.endsWith('.ts') ? './exchange-process.ts' : './wan-exchange.js';
/** Threads that collect garbage would have to be waited for, and have to wait themselves on a busy host. */
const flags = ['--single-threaded-gc', '--disable-warning=ExperimentalWarning'];
/** Milliseconds until a process that ended is started again, at first and at most. */
const again = { first: 50, longest: 5000 };

/** Watches paths, by a process of its own. */
export class Liveness {
  readonly #tell: (reports: Reports) => void;
  readonly #failed: (message: string) => void;
  readonly #backoff = new Backoff(again.first, again.longest);
  #child: ChildProcess | undefined;
  #watch: Watch | undefined;
  #again: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(tell: (reports: Reports) => void, failed: (message: string) => void) {
    this.#tell = tell;
    this.#failed = failed;
  }

  watch(watch: Watch): void {
    this.#watch = watch;
    if (this.#child?.connected) this.#child.send(watch);
    else if (!this.#child && !this.#again) this.#start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#again);
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }

  #start(): void {
    this.#again = undefined;
    if (this.#isStopped) return;
    const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
      execArgv: flags,
      // Keys are bytes; of the caller’s environment nothing is meant for it.
      serialization: 'advanced',
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    child.on('message', (reports: Reports) => {
      this.#backoff.reset();
      this.#tell(reports);
    });
    child.on('error', ({ message }) => this.#failed(message));
    child.on('exit', (code, signal) => {
      this.#child = undefined;
      if (this.#isStopped) return;
      this.#failed(
        `what measures their paths ended by ${signal ?? `exit code ${code}`}, and is started again`,
      );
      this.#again = setTimeout(() => this.#start(), this.#backoff.next());
    });
    if (this.#watch) child.send(this.#watch);
  }
}
