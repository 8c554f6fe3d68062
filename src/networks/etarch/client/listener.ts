import type { Message } from './message.ts';

/** Messages whose senders are not known yet. */
const mostUnsure = 4096;

/** Hears what is said in a workspace in the order in which it was said, and nothing that bears the title of another. */
export class Listener {
  readonly #hear: (message: Message) => void;
  readonly #isOf: (title: string, address: string) => Promise<boolean>;
  #last: Promise<void> = Promise.resolve();
  #unsure = 0;

  /** `isOf`: whether a title is that of who sends from an address; it never rejects */
  constructor(hear: (message: Message) => void, isOf: (title: string, address: string) => Promise<boolean>) {
    this.#hear = hear;
    this.#isOf = isOf;
  }

  take(message: Message, address: string): void {
    if (this.#unsure >= mostUnsure) return;
    this.#unsure += 1;
    this.#last = this.#last.then(async () => {
      const isTheirs = await this.#isOf(message.from, address);
      this.#unsure -= 1;
      if (isTheirs) this.#tell(message);
    });
  }

  /** One that throws does so as a listener of an event would: it is seen, and what is said next is heard. */
  #tell(message: Message): void {
    try {
      this.#hear(message);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
