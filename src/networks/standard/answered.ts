import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson, contentHash } from '../../lib/hash.ts';

/** The last wish that was carried out under an idempotency key. */
export interface Said {
  readonly key: string;
  readonly hash: string;
}

/** What tells one wish from another. */
export function hashOf(wish: unknown): string {
  return contentHash(canonicalJson(wish));
}

/** Whether a wish was carried out before. @throws HeddleError ERR_IDEMPOTENCY_KEY when its key was another's */
export function isAnswered(
  before: { readonly wish?: Said | undefined; readonly deleting?: boolean | undefined },
  said: Said,
): boolean {
  if (before.deleting || before.wish?.key !== said.key) return false;
  if (before.wish.hash === said.hash) return true;
  throw new HeddleError(
    'ERR_IDEMPOTENCY_KEY',
    `the key ${JSON.stringify(said.key)} was used for another wish before`,
  );
}
