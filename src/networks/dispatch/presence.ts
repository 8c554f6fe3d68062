import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import type { Lease, StateManager } from '../../state/state-manager.ts';
import { follow } from './follow.ts';

const prefix = 'nodes/';
/** In the state of a node: what it is known by, whatever it is called. */
const identityKey = 'node/identity';
/** Seconds after which a node that nothing is heard of is away. */
const term = 5;
/** Milliseconds until it is tried again, at first and at most. */
const again = { first: 250, longest: 5000 };

interface Present {
  readonly identity: string;
}

/** Which of the nodes that share a state are there: each says so by itself, as long as it lives. */
export interface Presence {
  /** This node. */
  readonly here: string;
  isPresent(node: string): boolean;
  /** @throws HeddleError ERR_NODE_NAME when another node has the name of this one */
  check(): void;
  /** Calls back when a node came or went, or something keeps this one from saying that it is there. Returns when it is said. */
  start(changed: () => void, failed: (error: HeddleError) => void): Promise<void>;
  stop(): Promise<void>;
}

/** Presence by a lease: an entry `nodes/NAME` that goes when nothing is heard of the node any more. */
export class LeasedPresence implements Presence {
  readonly here: string;
  readonly #shared: StateManager;
  readonly #own: StateManager;
  readonly #present = new Set<string>();
  readonly #stop = new AbortController();
  #refused: HeddleError | undefined;
  #working: Promise<unknown> | undefined;

  /** `own`: the state of this node, which tells it from another of the same name. */
  constructor(here: string, shared: StateManager, own: StateManager) {
    this.here = here;
    this.#shared = shared;
    this.#own = own;
  }

  isPresent(node: string): boolean {
    return this.#present.has(node);
  }

  check(): void {
    if (this.#refused) throw this.#refused;
  }

  start(changed: () => void, failed: (error: HeddleError) => void): Promise<void> {
    const { signal } = this.#stop;
    const first = Promise.withResolvers<void>();
    const claimed = () => {
      first.resolve();
      changed();
    };
    const following = follow(
      this.#shared,
      prefix,
      {
        all: (entries) => {
          this.#present.clear();
          for (const { key } of entries) this.#present.add(key.slice(prefix.length));
          changed();
        },
        changed: ({ key, value }) => {
          const node = key.slice(prefix.length);
          if (value === undefined) this.#present.delete(node);
          else this.#present.add(node);
          changed();
        },
        // Whoever carries things out says it.
        failed: () => {},
      },
      signal,
    );
    this.#working = Promise.all([following, this.#stay(claimed, failed)]);
    return first.promise;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  /** Says that this node is there, and again whenever that was lost. */
  async #stay(claimed: () => void, failed: (error: HeddleError) => void): Promise<void> {
    const backoff = new Backoff(again.first, again.longest);
    const { signal } = this.#stop;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    let said: string | undefined;
    while (!signal.aborted) {
      try {
        const lease = await this.#claim();
        this.#refused = undefined;
        said = undefined;
        backoff.reset();
        claimed();
        await Promise.race([lease.lost, stopped]);
        if (signal.aborted) await lease.release();
      } catch (thrown) {
        const error = toHeddleError(thrown);
        if (error.code === 'ERR_NODE_NAME') this.#refused = error;
        if (error.message !== said) failed(error);
        said = error.message;
        await pause(backoff.nextScattered(), undefined, { signal }).catch(() => {});
      }
    }
  }

  async #claim(): Promise<Lease> {
    const identity = await this.#identity();
    const key = `${prefix}${this.here}`;
    const entry = await this.#shared.get(key);
    if (entry && (entry.value as Present).identity !== identity)
      throw new HeddleError(
        'ERR_NODE_NAME',
        `another node shares its networks as ${this.here}: this one carries out nothing until that is gone for ${term} s`,
      );
    const lease = await this.#shared.lease(term);
    const value: Present = { identity };
    try {
      const conditions = [{ key, revision: entry?.revision ?? 0 }];
      if ((await this.#shared.commit(conditions, [{ key, value, lease }])) !== undefined) return lease;
      throw new HeddleError('ERR_REVISION', `the entry ${key} changed while this node took it`);
    } catch (error) {
      // Nobody would give it back later, and it keeps itself.
      await lease.release();
      throw error;
    }
  }

  async #identity(): Promise<string> {
    const kept = await this.#own.get(identityKey);
    if (kept) return String(kept.value);
    const identity = randomBytes(12).toString('hex');
    await this.#own.commit([{ key: identityKey, revision: 0 }], [{ key: identityKey, value: identity }]);
    return identity;
  }
}
