import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Backoff } from '../../lib/backoff.ts';
import { LinksSeen } from './links-seen.ts';

/** Milliseconds from the first damage until it is told: more of it comes with it. */
const settling = 200;
/** Between two times that it is told. */
const apart = 1000;
const firstPause = 500;
const longestPause = 30_000;
/** It notices that nobody reads any more only when it has something to say: setpriv(1) lets it end with this process. */
const command = ['--pdeathsig', 'KILL', 'ip', '-o', 'monitor', 'link'];

/** Tells when interfaces of Heddle's are damaged, which the kernel says at once (rtnetlink(7), by `ip monitor`). */
export class LinkWatch {
  readonly #damaged: () => void;
  readonly #backoff = new Backoff(firstPause, longestPause);
  #child: ChildProcess | undefined;
  #again: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  #told = 0;
  #isStopped = false;

  constructor(damaged: () => void) {
    this.#damaged = damaged;
  }

  start(): void {
    const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'ignore'] });
    const seen = new LinksSeen();
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#backoff.reset();
      if (seen.isDamage(line)) this.#tell();
    });
    let isOver = false;
    const over = () => {
      if (isOver || this.#isStopped) return;
      isOver = true;
      // What happened meanwhile is told by nobody.
      this.#again = setTimeout(() => {
        this.start();
        this.#tell();
      }, this.#backoff.next());
    };
    child.once('error', over);
    child.once('exit', over);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#again);
    clearTimeout(this.#telling);
    this.#child?.kill('SIGKILL');
  }

  #tell(): void {
    if (this.#telling || this.#isStopped) return;
    const wait = Math.max(settling, this.#told + apart - performance.now());
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      this.#told = performance.now();
      this.#damaged();
    }, wait);
  }
}
