import { type ChildProcess, spawn } from 'node:child_process';
import { until } from '../../test/support/until.ts';

/** A packet that ping(8) was answered, or that was seen. */
interface Answered {
  readonly number: number;
  /** Milliseconds of the wall clock (`Date.now()`), with their parts. */
  readonly at: number;
}

/** Characters in which the last answer is, whole. */
const longest = 1000;

/** Questions of ping(8) every two milliseconds, from within a network namespace. */
export class SteadyPings implements Disposable {
  readonly #child: ChildProcess;
  #text = '';

  /** `inside`: what enters the namespace, for nsenter(1). */
  constructor(inside: readonly string[], address: string) {
    const ping = ['ping', '-D', '-n', '-i', '0.002', '-W', '2', address];
    this.#child = spawn('nsenter', [...inside, '--', ...ping], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.on('data', (chunk) => {
      this.#text += chunk;
    });
  }

  get answers(): Answered[] {
    return answersIn(this.#text);
  }

  /** When the last was answered. */
  get last(): number {
    return answersIn(this.#text.slice(-longest)).at(-1)?.at ?? Number.NaN;
  }

  /** Waits until so many more were answered. */
  async further(count: number): Promise<void> {
    const before = this.answers.length;
    await until('pings are answered', () => this.answers.length > before + count);
  }

  /** The longest time in milliseconds without an answer, and how many had none, from a moment to the last answer. */
  since(moment: number): { readonly gap: number; readonly lost: number } {
    const all = this.answers;
    const first = all.findLastIndex(({ at }) => at <= moment);
    const own = all.slice(Math.max(0, first));
    const gaps = own.slice(1).map(({ at }, index) => at - (own[index]?.at ?? at));
    const numbers = own.map(({ number }) => number);
    const lost = Math.max(...numbers) - Math.min(...numbers) + 1 - new Set(numbers).size;
    return { gap: Math.max(0, ...gaps), lost };
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

function answersIn(text: string): Answered[] {
  return [...text.matchAll(/^\[([\d.]+)\].*icmp_seq=(\d+)/gm)].map(([, time, number]) => ({
    at: Number(time) * 1000,
    number: Number(number),
  }));
}
