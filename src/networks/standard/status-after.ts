import { toHeddleError } from '../../lib/errors.ts';
import type { Observed } from './archetype.ts';
import type { Status } from './network.ts';

/** What there is of one after it was brought about, or was not. */
export async function statusAfter(
  before: Status,
  apply: () => Promise<Observed>,
  failed: (error: unknown) => void = () => {},
): Promise<Status> {
  try {
    return { phase: 'ready', observed: await apply() };
  } catch (error) {
    failed(error);
    return { phase: 'failed', reason: toHeddleError(error).message, observed: before.observed };
  }
}
