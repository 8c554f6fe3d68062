import { type ChildProcess, spawn } from 'node:child_process';
import { until } from '../../test/support/until.ts';

/** When packets of ICMP pass a network namespace, as tcpdump(1) has it from the kernel. */
export class PacketTimes implements Disposable {
  readonly #child: ChildProcess;
  #text = '';

  /** `inside`: what enters the namespace, for nsenter(1). */
  constructor(inside: readonly string[]) {
    const tcpdump = ['tcpdump', '-n', '-l', '-tt', '--immediate-mode', '-i', 'any', 'icmp'];
    this.#child = spawn('nsenter', [...inside, '--', ...tcpdump], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', (chunk) => {
      this.#text = `${this.#text}${chunk}`.slice(-10_000);
    });
  }

  /** Waits until one has passed. */
  async passing(): Promise<void> {
    await until('packets pass', () => this.last > 0);
  }

  /** Milliseconds of the wall clock when the last of those that it has said so far passed; 0: none has. */
  get last(): number {
    return Number(this.#text.match(/^\d+\.\d+(?= )/gm)?.at(-1) ?? 0) * 1000;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGTERM');
  }
}
