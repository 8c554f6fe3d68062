import { isHeddleError } from '../../lib/errors.ts';
import type { Resources } from '../../networks/standard/networking-service.ts';

/** Times that others may change the same meanwhile. */
const tries = 10;

/** Changes what is there, as it is: read, and read again when others were quicker. */
export async function changed<Resource extends { readonly name: string; readonly revision: number }, Wish>(
  resources: Resources<Resource, Wish>,
  name: string,
  change: (resource: Resource) => Wish,
): Promise<Resource> {
  for (let left = tries; ; left--) {
    const resource = await resources.read(name);
    try {
      return await resources.update(change(resource), resource.revision);
    } catch (error) {
      if (left <= 1 || !isHeddleError(error, 'ERR_REVISION')) throw error;
    }
  }
}
