import { HeddleError } from '../../lib/errors.ts';
import { TooLarge } from '../../lib/http/bounded-text.ts';
import { HttpTimeout, type Phase } from '../../lib/http/timeouts.ts';

/** Why an API server was not heard, in words: nothing of it says what it thinks of the request. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** What a connection failed with, as an operator understands it. */
export function unreachable(server: string, error: unknown): Error {
  if (error instanceof Unreachable || error instanceof HeddleError) return error;
  if (error instanceof HttpTimeout)
    return new Unreachable(`${server} ${late[error.phase]} ${error.seconds} s`);
  if (error instanceof TooLarge) return new Unreachable(`${server}: ${error.message}`);
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new Unreachable(`the connection to ${server} was cut`, { cause: error });
  // Whoever asked had only so much time.
  if (name === 'AbortError' || name === 'TimeoutError')
    return new Unreachable(`${server} did not answer in time`, { cause: error });
  // Of several addresses none answered.
  const reasons = error instanceof AggregateError ? error.errors.map((one: Error) => one.message) : [message];
  if (code === undefined && name !== 'AggregateError') return error as Error;
  return new Unreachable(`${server} cannot be reached: ${reasons.join(', ')}`, { cause: error });
}

const late: Readonly<Record<Phase, string>> = {
  connect: 'cannot be reached: no connection within',
  answer: 'did not answer within',
  rest: 'did not end its answer within',
  whole: 'did not end its answer within',
};
