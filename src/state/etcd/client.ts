import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Answer } from '../../lib/http/answer.ts';
import { send } from '../../lib/http/send.ts';
import { lines } from '../../lib/lines.ts';
import type * as z from '../../lib/zod.ts';
import { EtcdFailure, failureOfAnswer, failureOfError } from './failure.ts';
import type { EtcdTls } from './tls.ts';

/** Bytes of an answer: what is asked for has a limit of its own, in entries. */
const longest = 64 << 20;
/** Milliseconds for a connection to a member. */
const connecting = 1000;
/** What must be left for another question: one that is given up may have been done. */
const least = 250;
const keepingAlive = { keepAlive: true, keepAliveMsecs: 1000 };

export interface Question<T> {
  readonly path: string;
  readonly body: object;
  readonly answer: z.ZodType<T>;
  /** Whether a member answers by itself, be it without a leader. */
  readonly isLocal?: boolean;
}

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
  readonly #tls: (() => EtcdTls) | undefined;
  readonly #agents = {
    'http:': new Agent(keepingAlive),
    'https:': new SecureAgent(keepingAlive),
  };
  /** Which member is asked first: the last that answered. */
  #at = 0;

  /**
   * @param tls read anew for every question, so that renewed certificates are used; not given: those that the system trusts
   * @throws HeddleError ERR_USAGE for what is no URL
   */
  constructor(urls: readonly string[], tls?: () => EtcdTls) {
    this.#urls = urls.map((url) => checked(url, tls !== undefined));
    this.#tls = tls;
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
    try {
      const answered = await this.#send(member, question, { connect: connecting, whole: limit });
      const text = await answered.text(longest);
      if (answered.status !== 200) throw failureOfAnswer(answered.status, text);
      return understood(question.answer, text);
    } catch (error) {
      throw at(member, failureOfError(error));
    }
  }

  /** What a member says, line by line, until the signal aborts. @throws EtcdFailure */
  async *follow<T>(member: string, question: Question<T>, signal: AbortSignal): AsyncGenerator<T> {
    try {
      const answered = await this.#send(member, question, { connect: connecting }, signal);
      if (answered.status !== 200) throw failureOfAnswer(answered.status, await answered.beginning(1000));
      for await (const line of lines(answered)) {
        if (line.startsWith('{"error"')) throw failureOfAnswer(200, line);
        yield understood(question.answer, line);
      }
      throw new EtcdFailure('undone', 'it ended');
    } catch (error) {
      throw at(member, failureOfError(error));
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
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

  async #send(
    member: string,
    { path, body, isLocal = false }: Question<unknown>,
    timeouts: { readonly connect: number; readonly whole?: number },
    signal?: AbortSignal,
  ): Promise<Answer> {
    return send({
      to: `${member}/v3/${path}`,
      method: 'POST',
      headers: isLocal ? {} : { 'Grpc-Metadata-hasleader': 'true' },
      body: JSON.stringify(body),
      options: {
        ...this.#certificates(),
        agent: this.#agents[member.startsWith('https:') ? 'https:' : 'http:'],
      },
      signal,
      timeouts,
    });
  }

  #certificates(): EtcdTls {
    try {
      return this.#tls?.() ?? {};
    } catch (error) {
      throw new EtcdFailure('undone', (error as Error).message, undefined, error);
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

function understood<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new EtcdFailure('unknown', 'the answer is not understood', undefined, error);
  }
}

function at(member: string, { outcome, message, code, cause }: EtcdFailure): EtcdFailure {
  return new EtcdFailure(outcome, `etcd at ${member}: ${message}`, code, cause);
}

/** What every member said last. */
function allOf(failures: ReadonlyMap<string, EtcdFailure>, outcome: 'undone' | 'unknown'): EtcdFailure {
  const all = [...failures.values()];
  const message = all.map((one) => one.message).join('; ') || 'etcd: there was no time left to ask';
  return new EtcdFailure(outcome, message, undefined, all[0]?.cause);
}
