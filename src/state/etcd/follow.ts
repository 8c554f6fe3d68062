import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import { HeddleError } from '../../lib/errors.ts';
import { expiredError } from '../expired-error.ts';
import type { Changed } from '../state-manager.ts';
import { watchAnswer } from './answers.ts';
import type { EtcdClient } from './client.ts';
import { CompleteChanges } from './complete-changes.ts';
import { EtcdFailure, failureOfError, grpc } from './failure.ts';
import { under } from './keys.ts';
import { probe } from './questions.ts';

/** Milliseconds between two looks whether the member that tells is still one of the majority, and that it may take. */
const checkEvery = 2000;
const checkLimit = 2000;

export interface Following {
  /** Under which prefix of etcd's keys, and what of it keys lose. */
  readonly prefix: string;
  readonly base: string;
  readonly after: number;
  readonly signal: AbortSignal;
  /** Who tells was one of the majority a moment ago. */
  readonly alive?: () => void;
  /** Contact was lost, and is sought again when this is done. */
  readonly broken?: (failure: EtcdFailure) => Promise<void>;
}

/**
 * What changes after a revision, in order and once, from whichever member tells it, until the signal aborts. Each time as
 * many as are known.
 * @throws HeddleError ERR_WATCH_EXPIRED
 */
export async function* follow(client: EtcdClient, following: Following): AsyncGenerator<readonly Changed[]> {
  const { signal } = following;
  let { after } = following;
  const backoff = new Backoff(50, 1000);
  while (!signal.aborted) {
    const { member } = client;
    try {
      for await (const changes of followMember(client, member, { ...following, after })) {
        backoff.reset();
        after = changes.at(-1)?.revision ?? after;
        if (changes.length > 0) yield changes;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HeddleError) throw error;
      client.avoid(member);
      await following.broken?.(failureOfError(error));
      await sleep(backoff.nextScattered(), undefined, { signal }).catch(() => {});
    }
  }
}

/** The same from one member, as long as it tells. @throws EtcdFailure, HeddleError ERR_WATCH_EXPIRED */
async function* followMember(
  client: EtcdClient,
  member: string,
  { prefix, base, after, signal, alive }: Following,
): AsyncGenerator<readonly Changed[]> {
  const check = new Check(client, member, base, alive);
  await check.look(after);
  const ended = AbortSignal.any([signal, check.failed]);
  // Etcd's fragments keep a line below the size of a request.
  const create_request = { ...under(prefix), start_revision: String(after + 1), fragment: true };
  const question = { path: 'watch', body: { create_request }, answer: watchAnswer };
  const complete = new CompleteChanges(base);
  try {
    for await (const { result } of client.follow(member, question, ended)) {
      if (result.compact_revision > 0) throw expiredError(after);
      if (result.canceled) throw new EtcdFailure('undone', result.cancel_reason || 'it told no more');
      if (result.created) check.start();
      yield complete.push(result);
    }
  } finally {
    check.stop();
  }
}

/** Looks from time to time whether a member is still one of the majority: one that is not, or hangs, just tells nothing. */
class Check {
  readonly #client: EtcdClient;
  readonly #member: string;
  readonly #key: string;
  readonly #alive: () => void;
  readonly #failed = new AbortController();
  #next: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(client: EtcdClient, member: string, key: string, alive = () => {}) {
    this.#client = client;
    this.#member = member;
    this.#key = key;
    this.#alive = alive;
  }

  /** Aborts when it is not any more. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /**
   * That it is so, and has what came after a revision. Etcd tells some that is compacted as if nothing had been, so it is
   * asked before; a revision that there is not yet was one before etcd was restored from a backup.
   * @throws EtcdFailure, HeddleError ERR_WATCH_EXPIRED
   */
  async look(after: number): Promise<void> {
    try {
      await this.#client.askMember(this.#member, probe(this.#key, after), checkLimit);
    } catch (error) {
      if ((error as EtcdFailure).code === grpc.outOfRange) throw expiredError(after);
      throw error;
    }
  }

  start(): void {
    if (this.#isStopped) return;
    void this.look(0).then(
      () => {
        if (this.#isStopped) return;
        this.#alive();
        this.#next = setTimeout(() => this.start(), checkEvery);
      },
      (error) => this.#failed.abort(error),
    );
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#next);
  }
}
