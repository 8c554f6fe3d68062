import { isHeddleError } from '../../lib/errors.ts';
import { canonicalJson, contentHash } from '../../lib/hash.ts';
import type { Resources } from './networking-service.ts';

/**
 * Makes one what is wished, whether it is there or not: for services that are made of others. One that is what is wished
 * already is left alone.
 */
export async function ensure<
  Resource extends { readonly revision: number },
  Wish extends { readonly name: string },
>(resources: Resources<Resource, Wish>, wish: Wish): Promise<Resource> {
  const key = contentHash(canonicalJson(wish));
  try {
    return await resources.create(wish, key);
  } catch (error) {
    if (!isHeddleError(error, 'ERR_RESOURCE_EXISTS')) throw error;
  }
  const { revision } = await resources.read(wish.name);
  return resources.update(wish, revision, key);
}

/** Removes one that may be gone already. */
export async function removeIfThere(
  resources: Pick<Resources<unknown, never>, 'delete'>,
  name: string,
): Promise<void> {
  try {
    await resources.delete(name);
  } catch (error) {
    if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) throw error;
  }
}

/** One that may be gone already. */
export async function readIfThere<Resource>(
  resources: Pick<Resources<Resource, never>, 'read'>,
  name: string,
): Promise<Resource | undefined> {
  try {
    return await resources.read(name);
  } catch (error) {
    if (isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) return undefined;
    throw error;
  }
}
