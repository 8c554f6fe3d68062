import {
  anyAnswer,
  grantAnswer,
  keepAnswer,
  rangeAnswer,
  tokenAnswer,
  transactionAnswer,
} from './answers.ts';
import { encode } from './keys.ts';
import type { Question } from './transport.ts';

/** What is asked of etcd (etcd.io, "etcd API Reference"). */

/** That the last change of a key is that one; 0: there is no such key. */
export interface Comparison {
  readonly key: string;
  readonly revision: number;
}

/** Puts a value, which goes with a lease if it has one; or deletes the key. */
export interface Put {
  readonly key: string;
  readonly value: string;
  /** Of etcd's; 0: none. */
  readonly lease: string;
}
export type Operation = Put | { readonly key: string };

export interface Page {
  /** The first key that is asked for, and the first that is not. */
  readonly key: string;
  readonly range_end: string;
  readonly limit: number;
  /** Of the state to look at; 0: the newest. */
  readonly revision: number;
  /** Whether a member answers by itself, be it without a majority: what it has may be old. */
  readonly serializable: boolean;
}

export function get(key: string) {
  return { path: 'kv/range', body: { key: encode(key) }, answer: rangeAnswer };
}

export function page({ limit, revision, ...rest }: Page) {
  const body = { ...rest, limit: String(limit), revision: String(revision) };
  return { path: 'kv/range', body, answer: rangeAnswer, isLocal: rest.serializable };
}

/**
 * Whether the majority is reached, and the changes after a revision are still kept.
 * @param key of its own: who asks may have a right to no others
 */
export function probe(key: string, revision: number) {
  const body = { key: encode(key), keys_only: true, revision: String(revision) };
  return { path: 'kv/range', body, answer: rangeAnswer };
}

/** Makes the changes if all is as it was seen; tells `otherwise` if not. */
export function transaction(
  seen: readonly Comparison[],
  changes: readonly Operation[],
  otherwise: readonly string[] = [],
) {
  const body = {
    compare: seen.map(({ key, revision }) => ({
      key: encode(key),
      target: 'MOD',
      mod_revision: String(revision),
    })),
    success: changes.map((change) =>
      'value' in change
        ? { request_put: { key: encode(change.key), value: encode(change.value), lease: change.lease } }
        : { request_delete_range: { key: encode(change.key) } },
    ),
    failure: otherwise.map((key) => ({ request_range: { key: encode(key) } })),
  };
  return { path: 'kv/txn', body, answer: transactionAnswer };
}

/** A lease that ends after so many seconds unless it is kept. */
export function grant(seconds: number) {
  return { path: 'lease/grant', body: { TTL: String(seconds) }, answer: grantAnswer };
}

export function keep(lease: string) {
  return { path: 'lease/keepalive', body: { ID: lease }, answer: keepAnswer };
}

export function revoke(lease: string): Question<object> {
  return { path: 'lease/revoke', body: { ID: lease }, answer: anyAnswer };
}

/** A token that says who asks, for a name and a password. */
export function authenticate({ user, password }: { readonly user: string; readonly password: string }) {
  return { path: 'auth/authenticate', body: { name: user, password }, answer: tokenAnswer };
}
