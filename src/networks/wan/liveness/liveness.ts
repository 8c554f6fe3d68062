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
/** Milliseconds without a report, of which there are two a second, after which it hangs; and until the first one. */
const patience = { usual: 2000, first: 20_000 };

/** Watches paths, by a process of its own. */
export class Liveness {
  readonly #tell: (reports: Reports) => void;
  readonly #failed: (message: string) => void;
  readonly #backoff = new Backoff(again.first, again.longest);
  #child: ChildProcess | undefined;
  #watch: Watch | undefined;
  #again: NodeJS.Timeout | undefined;
  #isStopped = false;
  #silence: NodeJS.Timeout | undefined;
  readonly #program: string;
  readonly #patience: typeof patience;

  constructor(
    tell: (reports: Reports) => void,
    failed: (message: string) => void,
    { program: path = program, patience: waits = patience } = {},
  ) {
    this.#tell = tell;
    this.#failed = failed;
    this.#program = path;
    this.#patience = waits;
  }

  watch(watch: Watch): void {
    this.#watch = watch;
    if (this.#child?.connected) this.#child.send(watch);
    else if (!this.#child && !this.#again) this.#start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#again);
    clearTimeout(this.#silence);
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    // It has nothing to tidy up, and may hang.
    child.kill('SIGKILL');
    await ended;
  }

  #start(): void {
    this.#again = undefined;
    if (this.#isStopped) return;
    const child = fork(fileURLToPath(new URL(this.#program, import.meta.url)), [], {
      execArgv: flags,
      // Keys are bytes; of the caller’s environment nothing is meant for it.
      serialization: 'advanced',
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    this.#expect(child, this.#patience.first);
    child.on('message', (reports: Reports) => {
      this.#expect(child, this.#patience.usual);
      this.#backoff.reset();
      this.#tell(reports);
    });
    child.on('error', ({ message }) => {
      // One that could not be started does not end.
      if (child.pid === undefined) this.#ended(child, message);
      else this.#failed(message);
    });
    child.on('exit', (code, signal) =>
      this.#ended(
        child,
        `what measures their paths ended by ${signal ?? `exit code ${code}`}, and is started again`,
      ),
    );
    if (this.#watch && child.pid !== undefined) child.send(this.#watch);
  }

  #expect(child: ChildProcess, milliseconds: number): void {
    clearTimeout(this.#silence);
    const silence = setTimeout(() => {
      // What has come while this process was kept from running is heard before.
      setImmediate(() => {
        if (this.#silence === silence) child.kill('SIGKILL');
      });
    }, milliseconds);
    this.#silence = silence;
  }

  #ended(child: ChildProcess, why: string): void {
    if (this.#isStopped || this.#child !== child) return;
    this.#child = undefined;
    clearTimeout(this.#silence);
    this.#failed(why);
    this.#again = setTimeout(() => this.#start(), this.#backoff.next());
  }
}
