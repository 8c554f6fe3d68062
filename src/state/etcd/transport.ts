import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
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
const keepingAlive = { keepAlive: true, keepAliveMsecs: 1000 };

export interface Question<T> {
  readonly path: string;
  readonly body: object;
  readonly answer: z.ZodType<T>;
  /** Whether a member answers by itself, be it without a leader. */
  readonly isLocal?: boolean;
}

/** Puts a question to one member of etcd 3, over its JSON gateway (etcd.io, "API gRPC gateway"). */
export class Transport {
  readonly #tls: (() => EtcdTls) | undefined;
  readonly #agents = {
    'http:': new Agent(keepingAlive),
    'https:': new SecureAgent(keepingAlive),
  };

  /** @param tls read anew for every question, so that renewed certificates are used; not given: those that the system trusts */
  constructor(tls?: () => EtcdTls) {
    this.#tls = tls;
  }

  /**
   * @param limit in milliseconds
   * @param token of a login; empty: none
   * @throws EtcdFailure
   */
  async ask<T>(member: string, question: Question<T>, limit: number, token = ''): Promise<T> {
    try {
      const answered = await this.#send(member, question, token, { connect: connecting, whole: limit });
      const text = await answered.text(longest);
      if (answered.status !== 200) throw failureOfAnswer(answered.status, text);
      return understood(question.answer, text);
    } catch (error) {
      throw at(member, failureOfError(error));
    }
  }

  /** What a member says, line by line, until the signal aborts. @throws EtcdFailure */
  async *follow<T>(
    member: string,
    question: Question<T>,
    signal: AbortSignal,
    token = '',
  ): AsyncGenerator<T> {
    try {
      const answered = await this.#send(member, question, token, { connect: connecting }, signal);
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

  async #send(
    member: string,
    { path, body, isLocal = false }: Question<unknown>,
    token: string,
    timeouts: { readonly connect: number; readonly whole?: number },
    signal?: AbortSignal,
  ): Promise<Answer> {
    return send({
      to: `${member}/v3/${path}`,
      method: 'POST',
      headers: {
        // Without it, etcd takes whoever asks for the one that its own certificate names (server/auth: AuthInfoFromTLS).
        Accept: 'application/json',
        ...(!isLocal && { 'Grpc-Metadata-hasleader': 'true' }),
        ...(token !== '' && { Authorization: token }),
      },
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
