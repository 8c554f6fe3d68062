import { HeddleError } from '../lib/errors.ts';
import { leaseError, type Writing, writingsOf } from './commit-limits.ts';
import type { EtcdClient, Patience } from './etcd/client.ts';
import { Commits } from './etcd/commits.ts';
import { Entries } from './etcd/entries.ts';
import { EtcdFailure, grpc } from './etcd/failure.ts';
import { follow } from './etcd/follow.ts';
import type { Known } from './etcd/known.ts';
import { EtcdLease } from './etcd/lease.ts';
import { Mirror } from './etcd/mirror.ts';
import type { Operation } from './etcd/questions.ts';
import type { Change, Changed, Condition, Entry, Lease, Listing, StateManager } from './state-manager.ts';

/** Milliseconds until a read answers with what was last seen, and until it fails where nothing was. */
const reading = { known: 3000, unknown: 5000 };
const granting = 5000;

/**
 * A state that nodes share, in etcd, under a prefix. It is followed, so that reads answer with what was last seen when no
 * majority is reached.
 */
export class EtcdManager implements StateManager {
  readonly #client: EtcdClient;
  readonly #base: string;
  readonly #entries: Entries;
  readonly #commits: Commits;
  readonly #mirror: Mirror;
  readonly #end = new AbortController();
  readonly #leases = new Set<EtcdLease>();

  /** @param prefix that ends with a slash; others who share the etcd have others */
  constructor(client: EtcdClient, prefix: string) {
    this.#client = client;
    this.#base = `${prefix}entries/`;
    this.#entries = new Entries(client, this.#base);
    this.#commits = new Commits(client, `${prefix}commits/`);
    this.#mirror = new Mirror(client, this.#entries, this.#base, this.#end.signal);
  }

  get isCurrent(): boolean {
    return !this.#mirror.isLost;
  }

  get problem(): string | undefined {
    return this.#mirror.problem;
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#read(
      (patience) => this.#entries.get(key, patience),
      (known) => known.get(key),
    );
  }

  list(prefix: string): Promise<Listing> {
    return this.#read(
      (patience) => this.#entries.list(prefix, patience),
      (known) => known.list(prefix),
    );
  }

  async commit(conditions: readonly Condition[], changes: readonly Change[]): Promise<number | undefined> {
    const writings = writingsOf(conditions, changes);
    const seen = conditions.map(({ key, revision }) => ({ key: this.#base + key, revision }));
    try {
      const operations = writings.map((one) => this.#operation(one));
      const revision = await this.#commits.make(seen, operations, !this.#mirror.isLost);
      if (revision !== undefined) this.#mirror.known.note(writings.map((one) => noted(one, revision)));
      return revision;
    } catch (error) {
      const isLeased = (error as EtcdFailure).code === grpc.notFound;
      const leased = isLeased && writings.find(({ lease }) => lease);
      throw leased ? leaseError(leased.key) : stateError(error);
    }
  }

  async *watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Changed> {
    const base = this.#base;
    const until = AbortSignal.any([signal, this.#end.signal]);
    for await (const changes of follow(this.#client, { prefix: base + prefix, base, after, signal: until }))
      for (const changed of changes) {
        if (until.aborted) return;
        yield changed;
      }
  }

  async lease(seconds: number): Promise<Lease> {
    try {
      const lease = await EtcdLease.take(this.#client, seconds, {
        limit: granting,
        insist: !this.#mirror.isLost,
      });
      this.#leases.add(lease);
      void lease.lost.then(() => this.#leases.delete(lease));
      return lease;
    } catch (error) {
      throw stateError(error);
    }
  }

  async close(): Promise<void> {
    this.#end.abort();
    await Promise.all([...this.#leases].map((lease) => lease.release()));
    await this.#commits.close();
    this.#client.close();
  }

  async #read<T>(ask: (patience: Patience) => Promise<T>, remember: (known: Known) => T): Promise<T> {
    await this.#mirror.begun;
    const { known, isLost } = this.#mirror;
    const isKnown = known.revision !== undefined;
    if (isLost && isKnown) return remember(known);
    try {
      return await ask({ limit: isKnown ? reading.known : reading.unknown, insist: !isLost });
    } catch (error) {
      if (!isKnown || (error as EtcdFailure).outcome === 'refused') throw stateError(error);
      this.#mirror.lost(error as EtcdFailure);
      return remember(known);
    }
  }

  #operation({ key: own, text, lease }: Writing): Operation {
    const key = this.#base + own;
    if (text === undefined) return { key };
    if (lease && !(lease instanceof EtcdLease))
      throw new HeddleError('ERR_INTERNAL', `the lease of ${own} is another state’s`);
    return { key, value: text, lease: lease?.id ?? '0' };
  }
}

function noted({ key, text }: Writing, revision: number): Changed {
  return text === undefined ? { key, revision } : { key, revision, value: JSON.parse(text) };
}

function stateError(cause: unknown): unknown {
  if (!(cause instanceof EtcdFailure)) return cause;
  if (cause.message.includes('space exceeded'))
    return new HeddleError('ERR_DISK_FULL', cause.message, {
      cause,
      hint: 'compact and defragment etcd, and disarm its alarm: etcdctl compaction, defrag, alarm disarm',
    });
  const isTooLarge = cause.message.includes('too large') || cause.message.includes('too many operations');
  if (isTooLarge) return new HeddleError('ERR_STATE_LIMIT', cause.message, { cause });
  const [, hint] = hints.find(([words]) => cause.message.includes(words)) ?? [];
  return new HeddleError('ERR_STATE_UNREACHABLE', cause.message, { cause, hint });
}

/** What to do about what etcd says. */
const hints: readonly (readonly [string, string])[] = [
  ['CommonName', 'give the node a certificate without a CommonName: with one, etcd takes no password of it'],
  ['user name is empty', 'name state.etcd.user and state.etcd.passwordFile in node.yaml'],
  ['invalid user ID or password', 'mend state.etcd.user, or what state.etcd.passwordFile holds'],
  ['permission denied', 'grant the user a role that reads and writes what is under state.etcd.prefix'],
];
