import { Deadline } from '../deadline.ts';

/** What a server may take, in milliseconds; what is not given has no end. */
export interface Timeouts {
  /** For a new connection. */
  readonly connect?: number;
  /** From there to the beginning of the answer. */
  readonly answer?: number;
  /** From there to its end. */
  readonly rest?: number;
  /** For all of it. */
  readonly whole?: number;
}
export type Phase = keyof Timeouts;

/** A server took longer than it may. */
export class HttpTimeout extends Error {
  override readonly name = 'HttpTimeout';
  /** What took too long. */
  readonly phase: Phase;
  /** How long that may take. */
  readonly seconds: number;

  constructor(phase: Phase, milliseconds: number) {
    const seconds = milliseconds / 1000;
    super(`no ${phase === 'connect' ? 'connection' : 'answer'} within ${seconds} s`);
    this.phase = phase;
    this.seconds = seconds;
  }
}

/** Where a request is, and the end of its time. */
export class Timing {
  readonly #timeouts: Timeouts;
  readonly #deadline: Deadline;
  /** When the whole is over. The clock takes a command some time to load, which few of its requests need. */
  readonly #until: number;

  constructor(timeouts: Timeouts, given: AbortSignal | undefined) {
    this.#timeouts = timeouts;
    this.#deadline = new Deadline(given);
    const { whole } = timeouts;
    this.#until = whole === undefined ? Number.POSITIVE_INFINITY : performance.now() + whole;
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** What comes now has its own time, in what is left of the whole. */
  enter(phase: Exclude<Phase, 'whole'>): void {
    const { whole = Number.POSITIVE_INFINITY, [phase]: own = Number.POSITIVE_INFINITY } = this.#timeouts;
    const left = Number.isFinite(this.#until)
      ? Math.max(0, this.#until - performance.now())
      : Number.POSITIVE_INFINITY;
    this.#deadline.clear();
    const [limit, reason] =
      own <= left ? [own, new HttpTimeout(phase, own)] : [left, new HttpTimeout('whole', whole)];
    if (Number.isFinite(limit)) this.#deadline.set(limit, reason);
  }

  end(): void {
    this.#deadline.clear();
  }

  /** What a request failed with: that its time was over, if it was. */
  reason(error: unknown): unknown {
    return this.#deadline.reason(error);
  }
}
