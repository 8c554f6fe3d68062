import { HeddleError } from '../lib/errors.ts';

export function expiredError(after: number): HeddleError {
  return new HeddleError('ERR_WATCH_EXPIRED', `changes after revision ${after} are not kept any more`);
}
