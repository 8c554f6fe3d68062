import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { boundedText, textUpTo } from './bounded-text.ts';
import type { Timing } from './timeouts.ts';

/** What a server answers, from its head on: the chunks of the body as they come, or its text. */
export class Answer implements AsyncIterable<Buffer> {
  /** The body itself, for who pipes it; it is read in one way only. */
  readonly body: IncomingMessage;
  readonly #timing: Timing;

  constructor(body: IncomingMessage, timing: Timing) {
    this.body = body;
    this.#timing = timing;
  }

  /** HTTP's; a redirection is an answer as any other. */
  get status(): number {
    return this.body.statusCode ?? 0;
  }

  /** Names in small letters. */
  get headers(): IncomingHttpHeaders {
    return this.body.headers;
  }

  /** Whoever stops before the end closes the connection. @throws HttpTimeout, the system's error for one that was cut off */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      yield* this.body as AsyncIterable<Buffer>;
    } catch (error) {
      throw this.#timing.reason(error);
    } finally {
      this.#timing.end();
    }
  }

  /** @param most bytes @throws TooLarge, HttpTimeout, the system's error for one that was cut off */
  text(most: number): Promise<string> {
    return boundedText(this, most);
  }

  /** The same, cut off at so many bytes. */
  async beginning(most: number): Promise<string> {
    return (await textUpTo(this, most)).text;
  }

  /** @param most bytes @throws as `text`, SyntaxError for what is no JSON */
  async json(most: number): Promise<unknown> {
    return JSON.parse(await this.text(most));
  }
}
