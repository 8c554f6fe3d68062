import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Endpoint } from '../../src/networks/standard/endpoint.ts';
import type { Network } from '../../src/networks/standard/network.ts';
import type { NetworksOrder } from './networks-process.ts';

type Answer = Partial<Network & Endpoint> & {
  readonly error?: { readonly code: string; readonly message: string };
};

/** The networking services of this host, in a process that may be killed. */
export class Networks {
  readonly #folder: string;
  #child: ChildProcessWithoutNullStreams | undefined;
  #answers: AsyncIterator<string> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns when everything is as the state says. */
  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    const file = path.join(import.meta.dirname, 'networks-process.ts');
    const args = ['--disable-warning=ExperimentalWarning', file, `${this.#folder}/state.db`, this.#folder];
    this.#child = spawn(process.execPath, args);
    this.#child.stderr.pipe(process.stderr);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    await this.#answer();
  }

  /** @throws Error with code and message of what was refused */
  async tell(order: NetworksOrder): Promise<Answer> {
    this.#child?.stdin.write(`${JSON.stringify(order)}\n`);
    const answer = await this.#answer();
    if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async #answer(): Promise<Answer> {
    const { value, done } = await this.#answers!.next();
    if (done) throw new Error('the services ended before they answered');
    return JSON.parse(value) as Answer;
  }
}
