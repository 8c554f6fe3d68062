import { createInterface } from 'node:readline/promises';
import { HeddleError } from '../lib/errors.ts';

interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks on standard error; only a y or yes on standard input is one. `option`: what says so without being asked.
 * @throws HeddleError ERR_UNCONFIRMED when the input ends without an answer: whoever runs it from a script has to see that nothing was done
 */
export async function isConfirmed(
  question: string,
  option: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  const reader = createInterface({ input, output });
  const closed = new Promise<undefined>((resolve) => reader.on('close', () => resolve(undefined)));
  try {
    const answer = await Promise.race([reader.question(`${question}\nAre you sure? [y/N] `), closed]);
    if (answer !== undefined) return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
  output.write('\n');
  throw new HeddleError('ERR_UNCONFIRMED', 'it was not confirmed, and nothing was done', {
    hint: `\`${option}\` says yes beforehand`,
  });
}
