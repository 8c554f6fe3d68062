import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { compiled } from './installed.ts';

/** A program in a network namespace that is told things line by line, and answers each. */
export class Told {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor(namespace: string, script: string, ...args: readonly string[]) {
    const file = path.join(import.meta.dirname, script);
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', file, ...args];
    const env = { ...process.env, ...compiled };
    this.child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...node], { env });
    this.child.stderr.pipe(process.stderr);
    const lines: Interface = createInterface({ input: this.child.stdout });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  async tell(order: object): Promise<string> {
    this.child.stdin.write(`${JSON.stringify(order)}\n`);
    return this.told();
  }

  /** Its next line. */
  async told(): Promise<string> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('it ended before it answered');
    return value;
  }

  /** Ends it, and waits until it has. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const closed = new Promise((resolve) => this.child.on('close', resolve));
    this.child.kill(signal);
    await closed;
  }
}
