import { HeddleError } from '../lib/errors.ts';
import { sizeText } from '../lib/size-text.ts';
import type { Change, Condition, Lease } from './state-manager.ts';

/** What one commit takes, wherever the state is: a little less than etcd, which takes 128 operations and 1.5 MiB. */
export const most = { keys: 120, bytes: 1 << 20 };

/** A change as it is written. */
export interface Writing {
  readonly key: string;
  /** JSON; nothing: the entry is deleted. */
  readonly text: string | undefined;
  readonly lease: Lease | undefined;
}

/** @throws HeddleError ERR_STATE_LIMIT, ERR_STATE_LEASE, ERR_INTERNAL for a key that is changed twice */
export function writingsOf(conditions: readonly Condition[], changes: readonly Change[]): readonly Writing[] {
  const keys = Math.max(conditions.length, changes.length);
  if (keys > most.keys)
    throw new HeddleError(
      'ERR_STATE_LIMIT',
      `${keys} entries were to be stored at once; ${most.keys} are taken`,
    );
  const writings = changes.map(writingOf);
  if (new Set(writings.map(({ key }) => key)).size < writings.length)
    throw new HeddleError('ERR_INTERNAL', 'a commit changes an entry twice');
  const sizes = writings.map(({ key, text = '' }) => Buffer.byteLength(key) + Buffer.byteLength(text));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > most.bytes) {
    const largest = writings[sizes.indexOf(Math.max(...sizes))]?.key;
    throw new HeddleError(
      'ERR_STATE_LIMIT',
      `${sizeText(bytes)} were to be stored at once, most of it as ${largest}; ${sizeText(most.bytes)} are taken`,
    );
  }
  return writings;
}

export function leaseError(key: string): HeddleError {
  return new HeddleError('ERR_STATE_LEASE', `the lease that ${key} was to be stored with has ended`);
}

function writingOf(change: Change): Writing {
  const { key } = change;
  if (!('value' in change)) return { key, text: undefined, lease: undefined };
  if (change.lease?.isHeld === false) throw leaseError(key);
  return { key, text: JSON.stringify(change.value) ?? 'null', lease: change.lease };
}
