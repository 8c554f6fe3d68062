import { type HeddleError, toHeddleError } from '../../lib/errors.ts';

/** Milliseconds until what could not be done is tried again: at first, and at most. */
const firstPause = 100;
const longestPause = 5000;

/** Does what is due, one time after the other, and again after a while when it could not be done. */
export class Pursuit {
  readonly #work: () => Promise<boolean>;
  readonly #failed: (error: HeddleError) => void;
  #isDue = false;
  #isStopped = false;
  #working: Promise<void> | undefined;
  #pause = firstPause;
  #again: NodeJS.Timeout | undefined;

  /** @param work returns whether all of it could be done */
  constructor(work: () => Promise<boolean>, failed: (error: HeddleError) => void) {
    this.#work = work;
    this.#failed = failed;
  }

  /** It is to be done, once more if it is being done. */
  due(): void {
    this.#isDue = true;
    this.#working ??= this.#catchUp().finally(() => {
      this.#working = undefined;
      if (this.#isDue && !this.#isStopped) this.due();
    });
  }

  /** Waits for what is being done; nothing is done after it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#again);
    await this.#working;
    clearTimeout(this.#again);
  }

  async #catchUp(): Promise<void> {
    clearTimeout(this.#again);
    while (this.#isDue && !this.#isStopped) {
      this.#isDue = false;
      try {
        if (!(await this.#work())) this.#tryAgain(longestPause);
        this.#pause = firstPause;
      } catch (error) {
        this.#failed(toHeddleError(error));
        this.#tryAgain(this.#pause);
        this.#pause = Math.min(this.#pause * 2, longestPause);
      }
    }
  }

  #tryAgain(milliseconds: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.due(), milliseconds);
  }
}
