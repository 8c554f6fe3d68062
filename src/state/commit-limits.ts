import { HeddleError } from '../lib/errors.ts';
import { sizeText } from '../lib/size-text.ts';
import type { Change, Condition, Lease } from './state-manager.ts';

/** What one commit takes. */
export interface Limits {
  readonly keys: number;
  readonly bytes: number;
}

/** Of a state that nodes share: a little less than etcd, which takes 128 operations and 1.5 MiB. */
export const most: Limits = { keys: 120, bytes: 1 << 20 };
/** Of the state of one node: all that a host has of a network with some thousand endpoints. */
export const mostHere: Limits = { keys: 100_000, bytes: 1 << 27 };

/** A change as it is written. */
export interface Writing {
  readonly key: string;
  /** JSON; nothing: the entry is deleted. */
  readonly text: string | undefined;
  readonly lease: Lease | undefined;
}

/** @throws HeddleError ERR_STATE_LIMIT, ERR_STATE_LEASE, ERR_INTERNAL for a key that is changed twice */
export function writingsOf(
  conditions: readonly Condition[],
  changes: readonly Change[],
  limits: Limits = most,
): readonly Writing[] {
  const keys = Math.max(conditions.length, changes.length);
  if (keys > limits.keys)
    throw new HeddleError(
      'ERR_STATE_LIMIT',
      `${keys} entries were to be stored at once; ${limits.keys} are taken`,
    );
  const writings = changes.map(writingOf);
  if (new Set(writings.map(({ key }) => key)).size < writings.length)
    throw new HeddleError('ERR_INTERNAL', 'a commit changes an entry twice');
  const sizes = writings.map(sizeOf);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > limits.bytes) {
    const largest = writings[sizes.indexOf(Math.max(...sizes))]?.key;
    throw new HeddleError(
      'ERR_STATE_LIMIT',
      `${sizeText(bytes)} were to be stored at once, most of it as ${largest}; ${sizeText(limits.bytes)} are taken`,
    );
  }
  return writings;
}

/** Changes in as few parts as commits that nodes share take, with room for a few more in each; in their order. */
export function inCommits(changes: readonly Change[], room = 10): Change[][] {
  const parts: Change[][] = [];
  let size = 0;
  for (const change of changes) {
    const own = sizeOf(writingOf(change));
    const part = parts.at(-1);
    if (part && part.length < most.keys - room && size + own <= most.bytes / 2) {
      part.push(change);
      size += own;
    } else {
      parts.push([change]);
      size = own;
    }
  }
  return parts;
}

export function leaseError(key: string): HeddleError {
  return new HeddleError('ERR_STATE_LEASE', `the lease that ${key} was to be stored with has ended`);
}

function sizeOf({ key, text = '' }: Writing): number {
  return Buffer.byteLength(key) + Buffer.byteLength(text);
}

function writingOf(change: Change): Writing {
  const { key } = change;
  if (!('value' in change)) return { key, text: undefined, lease: undefined };
  if (change.lease?.isHeld === false) throw leaseError(key);
  return { key, text: JSON.stringify(change.value) ?? 'null', lease: change.lease };
}
