import { Backoff } from './backoff.ts';
import { type HeddleError, toHeddleError } from './errors.ts';

/** Milliseconds until what failed is tried again, at first. */
const firstPause = 100;
/** The same at most, and for what could be done in part only. */
export const longestPause = 5000;

/** Does what is due, one time after the other, and again after a while: when it failed, or when that is asked for. */
export class RetryLoop {
  readonly #work: () => Promise<number | undefined>;
  readonly #failed: (error: HeddleError) => void;
  #isDue = false;
  #isStopped = false;
  #working: Promise<void> | undefined;
  readonly #backoff = new Backoff(firstPause, longestPause);
  #again: NodeJS.Timeout | undefined;

  /** @param work returns after how many milliseconds it is to be done again, if at all before it is due */
  constructor(work: () => Promise<number | undefined>, failed: (error: HeddleError) => void) {
    this.#work = work;
    this.#failed = failed;
  }

  get isWorking(): boolean {
    return this.#working !== undefined;
  }

  /** It is to be done, once more if it is being done. */
  due(): void {
    this.#isDue = true;
    // Not before this returns: the work itself may say that more is due.
    this.#working ??= Promise.resolve()
      .then(() => this.#catchUp())
      .finally(() => {
        this.#working = undefined;
        if (this.#isDue && !this.#isStopped) this.due();
      });
  }

  /** Waits for what is being done; nothing is done after it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#again);
    await this.#working;
  }

  async #catchUp(): Promise<void> {
    clearTimeout(this.#again);
    while (this.#isDue && !this.#isStopped) {
      this.#isDue = false;
      try {
        const again = await this.#work();
        if (again !== undefined) this.#tryAgain(again);
        this.#backoff.reset();
      } catch (error) {
        if (!this.#isStopped) this.#failed(toHeddleError(error));
        this.#tryAgain(this.#backoff.next());
      }
    }
  }

  #tryAgain(milliseconds: number): void {
    clearTimeout(this.#again);
    if (!this.#isStopped) this.#again = setTimeout(() => this.due(), milliseconds);
  }
}
