import { HeddleError } from '../../lib/errors.ts';
import type { EtcdClient, Patience } from './client.ts';
import { EtcdFailure, grpc } from './failure.ts';
import { decode } from './keys.ts';
import { EtcdLease } from './lease.ts';
import { type Comparison, keep, type Operation, transaction } from './questions.ts';
import { made, Session, type Slot } from './slot.ts';

/** Milliseconds that a commit may take. */
const usual = 5000;
/** How often one is tried. */
const most = 10;
/** Seconds after which slots go whose manager is gone; far more than a commit takes. */
const sessionSeconds = 60;

/** Commits that are made once or not at all, though answers may be lost. */
export class Commits {
  readonly #client: EtcdClient;
  readonly #prefix: string;
  readonly #longest: number;
  #session: Promise<Session> | undefined;

  /**
   * @param prefix of the keys that are its own
   * @param longest milliseconds that a commit may take
   */
  constructor(client: EtcdClient, prefix: string, longest = usual) {
    this.#longest = longest;
    this.#client = client;
    this.#prefix = prefix;
  }

  /**
   * @param insist whether to ask again until members answer that did not: not, where they are known to be away
   * @returns the revision of the changes; nothing when something was not as it was seen
   * @throws EtcdFailure nothing was changed; HeddleError ERR_STATE_UNCERTAIN
   */
  async make(
    seen: readonly Comparison[],
    changes: readonly Operation[],
    insist: boolean,
  ): Promise<number | undefined> {
    const until = performance.now() + this.#longest;
    for (let again = 0; again < most; again++) {
      const session = await this.#open({ limit: left(until), insist });
      const attempt = await this.#attempt(session, seen, changes, { until, insist });
      if (attempt === 'again') continue;
      if (attempt !== 'over') return attempt.revision;
      if ((await this.#session?.catch(() => undefined)) === session) this.#session = undefined;
    }
    throw new EtcdFailure('undone', `etcd lost it ${most} times`);
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.lease.release();
  }

  /** `again`: it was not made, and may be tried; `over`: so, but the session has ended. */
  async #attempt(
    session: Session,
    seen: readonly Comparison[],
    changes: readonly Operation[],
    { until, insist }: { readonly until: number; readonly insist: boolean },
  ): Promise<{ readonly revision: number | undefined } | 'again' | 'over'> {
    const slot = session.take();
    const question = transaction(
      [session.unchanged(slot), ...seen],
      [session.making(slot), ...changes],
      [slot.key],
    );
    try {
      const answer = await this.#client.ask(question, { limit: left(until), insist, isRepeatable: false });
      if (answer.succeeded) {
        session.giveBack({ ...slot, revision: answer.header.revision });
        return { revision: answer.header.revision };
      }
      const found = answer.responses[0]?.response_range?.kvs[0];
      if ((found?.mod_revision ?? 0) !== slot.revision) return 'over';
      session.giveBack(slot);
      return { revision: undefined };
    } catch (error) {
      const failure = error as EtcdFailure;
      if (failure.outcome === 'unknown') return this.#settle(session, slot, failure, until);
      if (failure.code === grpc.notFound && !(await this.#isKept(session, until))) return 'over';
      session.giveBack(slot);
      throw failure;
    }
  }

  /** Finds out what became of a commit, and makes sure that it is not made later if it was not. */
  async #settle(session: Session, slot: Slot, lost: EtcdFailure, until: number) {
    try {
      const question = transaction([session.unchanged(slot)], [session.voiding(slot)], [slot.key]);
      const { succeeded, header, responses } = await this.#client.ask(question, { limit: left(until) });
      const found = responses[0]?.response_range?.kvs[0];
      const revision = succeeded ? header.revision : found?.mod_revision;
      if (revision === undefined) throw uncertain(lost);
      session.giveBack({ ...slot, revision });
      return !succeeded && found && decode(found.value) === made ? { revision } : 'again';
    } catch (error) {
      // Its slot is not used any more, and goes with the session.
      throw error instanceof EtcdFailure ? uncertain(lost) : error;
    }
  }

  async #isKept({ lease }: Session, until: number): Promise<boolean> {
    return (await this.#client.ask(keep(lease.id), { limit: left(until) })).result.TTL > 0;
  }

  /** Another when the last has ended. @throws EtcdFailure */
  async #open(patience: Patience): Promise<Session> {
    const last = this.#session;
    const session = await last?.catch(() => undefined);
    if (session?.lease.isHeld) return session;
    // Another commit may have begun one meanwhile.
    if (this.#session === last || this.#session === undefined) this.#session = this.#begin(patience);
    return this.#session;
  }

  async #begin(patience: Patience): Promise<Session> {
    return new Session(await EtcdLease.take(this.#client, sessionSeconds, patience), this.#prefix);
  }
}

function left(until: number): number {
  return Math.max(0, until - performance.now());
}

function uncertain(cause: EtcdFailure): HeddleError {
  return new HeddleError('ERR_STATE_UNCERTAIN', cause.message, { cause });
}
