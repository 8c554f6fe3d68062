import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import { HeddleError } from '../../lib/errors.ts';
import { EtcdFailure } from './failure.ts';
import type { Login } from './login.ts';
import type { EtcdTls } from './tls.ts';
import { type Question, Transport } from './transport.ts';

/** What must be left for another question: one that is given up may have been done. */
const least = 250;
/** Milliseconds until a member has to know who one is, before it is followed. */
const knowing = 2000;

export interface Patience {
  /** Milliseconds in which members are asked, one after the other. */
  readonly limit: number;
  /** Whether to ask all of them again and again until then: a new leader may be about to be elected. */
  readonly insist?: boolean;
  /** Done twice it is as done once: another is asked as well when one may have done it. */
  readonly isRepeatable?: boolean;
}

/**
 * Speaks to etcd 3 over its JSON gateway (etcd.io, "API gRPC gateway"), at whichever member answers. A member that knows
 * no leader says so at once, and has then done nothing.
 */
export class EtcdClient {
  readonly #urls: readonly string[];
  readonly #transport: Transport;
  readonly #login: Login | undefined;
  /** Which member is asked first: the last that answered. */
  #at = 0;

  /**
   * @param tls read anew for every question, so that renewed certificates are used; not given: those that the system trusts
   * @param login where etcd knows its users by passwords
   * @throws HeddleError ERR_USAGE for what is no URL
   */
  constructor(urls: readonly string[], tls?: () => EtcdTls, login?: Login) {
    this.#urls = urls.map((url) => checked(url, tls !== undefined));
    this.#transport = new Transport(tls);
    this.#login = login;
  }

  /** The member that is asked first. */
  get member(): string {
    return this.#urls[this.#at] ?? '';
  }

  /** Another is asked first from now on, if it is that one. */
  avoid(member: string): void {
    if (this.member === member) this.#at = (this.#at + 1) % this.#urls.length;
  }

  /** @throws EtcdFailure which names each member that was asked */
  async ask<T>(question: Question<T>, { limit, insist = true, isRepeatable = true }: Patience): Promise<T> {
    const until = performance.now() + limit;
    const backoff = new Backoff(50, 400);
    const failures = new Map<string, EtcdFailure>();
    for (;;) {
      const answer = await this.#askAll(question, { limit, until, isRepeatable }, failures);
      if (!(answer instanceof EtcdFailure)) return answer;
      const pause = backoff.nextScattered();
      if (!insist || performance.now() + pause + least >= until) throw answer;
      await sleep(pause);
    }
  }

  /** Asks all once, in the time that there is. @throws EtcdFailure where asking another would do harm, or no good */
  async #askAll<T>(
    question: Question<T>,
    { limit, until, isRepeatable }: { limit: number; until: number; isRepeatable: boolean },
    failures: Map<string, EtcdFailure>,
  ): Promise<T | EtcdFailure> {
    const each = Math.max(limit / this.#urls.length, 500);
    for (const _ of this.#urls) {
      const left = until - performance.now();
      if (left <= (failures.size > 0 ? least : 0)) break;
      const { member } = this;
      const answer = await this.#attempt(member, question, Math.min(each, left));
      if (!(answer instanceof EtcdFailure)) return answer;
      failures.set(member, answer);
      if (answer.outcome === 'refused') throw answer;
      if (answer.outcome === 'unknown' && !isRepeatable) throw allOf(failures, 'unknown');
    }
    return allOf(failures, 'undone');
  }

  /** @throws EtcdFailure */
  async askMember<T>(member: string, question: Question<T>, limit: number): Promise<T> {
    const until = performance.now() + limit;
    const left = () => Math.max(until - performance.now(), 1);
    const token = await this.#token(member, left);
    try {
      return await this.#transport.ask(member, question, left(), token);
    } catch (error) {
      if (!this.#login?.isStale(error, token)) throw error;
      return this.#transport.ask(member, question, left(), await this.#token(member, left));
    }
  }

  /** What a member says, line by line, until the signal aborts. @throws EtcdFailure */
  async *follow<T>(member: string, question: Question<T>, signal: AbortSignal): AsyncGenerator<T> {
    yield* this.#transport.follow(member, question, signal, await this.#token(member, () => knowing));
  }

  close(): void {
    this.#transport.close();
  }

  async #token(member: string, left: () => number): Promise<string> {
    return (
      (await this.#login?.token(member, (question) => this.#transport.ask(member, question, left()))) ?? ''
    );
  }

  /** Another member is asked next when this one gives no answer. */
  async #attempt<T>(member: string, question: Question<T>, limit: number): Promise<T | EtcdFailure> {
    try {
      return await this.askMember(member, question, limit);
    } catch (error) {
      if (!(error instanceof EtcdFailure)) throw error;
      if (error.outcome !== 'refused') this.avoid(member);
      return error;
    }
  }
}

function checked(url: string, isSecure: boolean): string {
  const { protocol, username, pathname, search } = URL.canParse(url)
    ? new URL(url)
    : { protocol: '', username: '', pathname: '', search: '' };
  const isPlain = username === '' && pathname === '/' && search === '';
  if (isPlain && (protocol === 'https:' || (protocol === 'http:' && !isSecure)))
    return url.replace(/\/+$/, '');
  throw new HeddleError('ERR_USAGE', `"${url}" is no etcd${isSecure ? ' with TLS' : ''}`, {
    hint: `write ${isSecure ? 'https' : 'http'}://HOST:2379`,
  });
}

/** What every member said last. */
function allOf(failures: ReadonlyMap<string, EtcdFailure>, outcome: 'undone' | 'unknown'): EtcdFailure {
  const all = [...failures.values()];
  const message = all.map((one) => one.message).join('; ') || 'etcd: there was no time left to ask';
  return new EtcdFailure(outcome, message, undefined, all[0]?.cause);
}
