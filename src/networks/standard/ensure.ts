import { HeddleError, isHeddleError, SeveralErrors } from '../../lib/errors.ts';
import { canonicalJson, contentHash } from '../../lib/hash.ts';
import type { Network } from './network.ts';
import type { Resources } from './networking-service.ts';
import { calledName } from './part-name.ts';

/** How often others may come first. */
const mostTries = 5;

/**
 * Makes one what is wished, whether it is there or not: for services that are made of others. One that is what is wished
 * already is left alone.
 */
export async function ensure<Resource extends { readonly revision: number }, Wish extends Named>(
  resources: Resources<Resource, Wish>,
  wish: Wish,
): Promise<Resource> {
  const key = contentHash(canonicalJson(wish));
  for (let tries = 1; ; tries++) {
    try {
      return await resources.create(wish, key);
    } catch (error) {
      if (!isHeddleError(error, 'ERR_RESOURCE_EXISTS')) throw saidOfOwner(error, wish);
    }
    try {
      const { revision } = await resources.read(wish.name);
      return await resources.update(wish, revision, key);
    } catch (error) {
      // Somebody else changed or removed it meanwhile: where nodes share, that is another node.
      const isOvertaken =
        isHeddleError(error, 'ERR_REVISION') || isHeddleError(error, 'ERR_RESOURCE_UNKNOWN');
      if (!isOvertaken || tries >= mostTries) throw saidOfOwner(error, wish);
    }
  }
}

/** What is wrong with a part is said of the network that it is a part of: who made that knows of no other. */
function saidOfOwner(error: unknown, { name, labels = {} }: Named): unknown {
  const called = calledName({ name, labels });
  if (called === name || !isHeddleError(error) || error instanceof SeveralErrors) return error;
  const { code, message, hint, at } = error;
  return new HeddleError(code, message.replaceAll(`network ${name}:`, `network ${called}:`), {
    hint,
    at,
    cause: error,
  });
}

interface Named {
  readonly name: string;
  readonly labels?: Network['labels'];
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
