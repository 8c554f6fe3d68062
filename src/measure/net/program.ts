import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import { parseListening } from '../../lib/listening.ts';
import { lastWords } from './tools/last-words.ts';

/** Milliseconds in which a server has to listen, and that a client may take beside what it measures. */
export const patience = 10_000;
/** Of TCP, below those that systems give out by themselves (RFC 6335, 6). */
const ports = { first: 27_000, count: 4000 } as const;
/** Begins anywhere: those of the benchmark before are not free at once, in whichever network namespace. */
let last = randomInt(ports.count);

/** A port that nobody has in this process’s network namespace, and another each time: the one before is not free at once. */
export function freePort(): number {
  const taken = new Set(portsIn('self'));
  for (let tries = 0; tries < ports.count; tries++) {
    const port = ports.first + (last++ % ports.count);
    if (!taken.has(port)) return port;
  }
  throw new HeddleError('ERR_MEASURE', `no port from ${ports.first} on is free`);
}

/** One that has been started, until it is disposed of. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<void>();
  #failure: Error | undefined;
  #text = '';

  constructor([program = '', ...args]: readonly string[], signal: AbortSignal) {
    this.#child = spawn(program, args, { signal, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => {
      this.#failure = error;
      this.#ended.resolve();
    });
    this.#child.on('close', () => this.#ended.resolve());
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk) => {
        this.#text += chunk;
      });
  }

  /** Waits until it listens at a port, in whichever network namespace it is. @throws HeddleError ERR_MEASURE; why it did not start */
  async listening(port: number): Promise<void> {
    const end = Date.now() + patience;
    while (this.#child.pid === undefined || !portsIn(this.#child.pid).includes(port)) {
      if (this.#failure) throw this.#failure;
      if (this.#child.exitCode !== null || Date.now() > end)
        throw new HeddleError('ERR_MEASURE', `the server does not listen: ${lastWords(this.#text)}`);
      await wait(20);
    }
  }

  /**
   * All that it printed, once it has ended.
   * @throws HeddleError ERR_MEASURE where it had not within so many milliseconds; why it did not start, or was aborted
   */
  async printed(milliseconds: number): Promise<string> {
    const timer = setTimeout(() => {
      this.#failure ??= notEnded(this.#child.spawnfile, milliseconds);
      this.#child.kill('SIGKILL');
    }, milliseconds);
    await this.#ended.promise;
    clearTimeout(timer);
    if (this.#failure) throw this.#failure;
    return this.#text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.promise;
  }
}

function notEnded(program: string, milliseconds: number): HeddleError {
  return new HeddleError(
    'ERR_MEASURE',
    `${program} had not ended after ${Math.round(milliseconds / 1000)} s`,
  );
}

/** At which somebody listens in the network namespace of a process; none of one that has ended. */
function portsIn(pid: number | 'self'): number[] {
  try {
    return ['tcp', 'tcp6'].flatMap((name) =>
      parseListening('tcp', readFileSync(`/proc/${pid}/net/${name}`, 'utf8')).map(({ port }) => port),
    );
  } catch {
    return [];
  }
}
