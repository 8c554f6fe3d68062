import type { Readable } from 'node:stream';
import { toHeddleError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';

/**
 * Waits until this process is to end, ends what runs in it, and exits, whatever comes of that: with 1 when something of it failed.
 * `end`: it ends when this does.
 */
export async function endOfProcess(stop: () => Promise<void>, log: Log, end?: Readable): Promise<never> {
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    end?.once('close', resolve).resume();
  });
  const error = await stop().then(() => undefined, toHeddleError);
  if (error) log.error({ code: error.code }, `not all ended as it should: ${error.message}`);
  const asTold = signal === 'SIGINT' ? 130 : 0;
  process.exit(error ? 1 : asTold);
}
