import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import { isHeddleError } from '../../lib/errors.ts';
import type { Listing } from '../state-manager.ts';
import type { EtcdClient } from './client.ts';
import type { Entries } from './entries.ts';
import type { EtcdFailure } from './failure.ts';
import { follow } from './follow.ts';
import { Known } from './known.ts';
import { probe } from './questions.ts';

/** Milliseconds that the members may take to be asked once. */
const once = { limit: 3000, insist: false };

/** Follows what there is under a base, so that it is known when nobody can be asked. */
export class Mirror {
  readonly known = new Known();
  readonly #client: EtcdClient;
  readonly #entries: Entries;
  readonly #base: string;
  readonly #signal: AbortSignal;
  #problem: string | undefined;
  #begin = (): void => {};
  /** Resolves when something is known, or everybody was asked in vain. */
  readonly begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  constructor(client: EtcdClient, entries: Entries, base: string, signal: AbortSignal) {
    this.#client = client;
    this.#entries = entries;
    this.#base = base;
    this.#signal = signal;
    void this.#run();
  }

  /** Whether nobody is reached who is one of the majority, as far as was found out. */
  get isLost(): boolean {
    return this.#problem !== undefined;
  }

  /** Why nobody is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Somebody asked all members in vain. */
  lost({ message }: EtcdFailure): void {
    this.#problem = message;
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(50, 1000);
    while (!this.#signal.aborted) {
      try {
        this.#take(await this.#entries.list('', once));
        this.#begin();
        backoff.reset();
        await this.#follow();
      } catch (error) {
        // What came meanwhile is not kept any more: all is listed again.
        if (!isHeddleError(error, 'ERR_WATCH_EXPIRED')) await this.#ask();
        this.#begin();
        await sleep(backoff.nextScattered(), undefined, { signal: this.#signal }).catch(() => {});
      }
    }
  }

  /** What there is, as the majority says. A state that was set back is another one. */
  #take(listed: Listing): void {
    if (listed.revision < (this.known.revision ?? 0)) this.known.forget();
    this.known.replace(listed);
  }

  /** @throws HeddleError ERR_WATCH_EXPIRED */
  async #follow(): Promise<void> {
    const following = {
      prefix: this.#base,
      base: this.#base,
      after: this.known.revision ?? 0,
      signal: this.#signal,
      alive: () => {
        this.#problem = undefined;
      },
      broken: () => this.#ask(),
    };
    for await (const changes of follow(this.#client, following)) this.known.follow(changes);
  }

  /** Asks everybody once: whoever answers without a majority may still know more than is known here. */
  async #ask(): Promise<void> {
    this.#problem = await this.#client.ask(probe(this.#base, 0), once).then(
      () => undefined,
      ({ message }: EtcdFailure) => message,
    );
    if (!this.isLost || this.#signal.aborted) return;
    const listed = await this.#entries.list('', once, true).catch(() => undefined);
    if (listed) this.known.replace(listed);
  }
}
