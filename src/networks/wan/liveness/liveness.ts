import { Worker } from 'node:worker_threads';
import { Backoff } from '../../../lib/backoff.ts';
import type { Reports, Watch } from './messages.ts';

/** The built package has the thread's program beside what starts it. */
const program = new URL(
  import.meta.url.endsWith('.ts') ? './thread.ts' : './wan-liveness.js',
  import.meta.url,
);
/** Milliseconds until a thread that ended is started again, at first and at most. */
const again = { first: 50, longest: 5000 };

/** Watches paths, in a thread of its own. */
export class Liveness {
  readonly #tell: (reports: Reports) => void;
  readonly #failed: (message: string) => void;
  readonly #backoff = new Backoff(again.first, again.longest);
  #worker: Worker | undefined;
  #watch: Watch | undefined;
  #isStopped = false;

  constructor(tell: (reports: Reports) => void, failed: (message: string) => void) {
    this.#tell = tell;
    this.#failed = failed;
  }

  watch(watch: Watch): void {
    this.#watch = watch;
    if (this.#worker) this.#worker.postMessage(watch);
    else this.#start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#worker?.terminate();
  }

  #start(): void {
    if (this.#isStopped) return;
    // Of the caller's options for Node nothing is meant for it.
    const worker = new Worker(program, { execArgv: [], env: {} });
    this.#worker = worker;
    worker.on('message', (reports: Reports) => {
      this.#backoff.reset();
      this.#tell(reports);
    });
    worker.on('error', ({ message }) => this.#failed(message));
    worker.on('exit', () => {
      this.#worker = undefined;
      if (!this.#isStopped) setTimeout(() => this.#start(), this.#backoff.next());
    });
    if (this.#watch) worker.postMessage(this.#watch);
  }
}
