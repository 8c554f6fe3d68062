import { HeddleError } from '../lib/errors.ts';

/** An operation that was to end before it was done. */
export function interruptedError(what: string, { reason }: AbortSignal): HeddleError {
  return new HeddleError('ERR_INTERRUPTED', `${what} was not carried out to its end: ${reason}`);
}
