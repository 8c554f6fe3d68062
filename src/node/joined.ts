import { once } from 'node:events';
import type { ExecInput } from '../api/contracts/exec.ts';
import type { InteractiveExec } from '../engines/console.ts';
import { HeddleError } from '../lib/errors.ts';

/** The first line of what a client sends, which says what is wanted, and the lines behind it. */
export async function firstOf<Type extends ExecInput['type']>(
  inputs: AsyncIterable<ExecInput>,
  type: Type,
): Promise<{ first: ExecInput & { type: Type }; rest: AsyncIterable<ExecInput> }> {
  const iterator = inputs[Symbol.asyncIterator]();
  const { done, value } = await iterator.next();
  if (done || value.type !== type) {
    throw new HeddleError('ERR_USAGE', `the first line has to be of the type "${type}"`);
  }
  return { first: value as ExecInput & { type: Type }, rest: { [Symbol.asyncIterator]: () => iterator } };
}

/** Hands on what the client sends, no faster than it is read; signals go to `signalled`. */
export async function feed(
  program: InteractiveExec,
  inputs: AsyncIterable<ExecInput>,
  signalled: (name: string) => Promise<void> = async () => {},
): Promise<void> {
  const { input } = program;
  // The program may end while there is still something to read.
  input.on('error', () => {});
  try {
    for await (const item of inputs) {
      if (item.type === 'resize') await program.resize(item);
      if (item.type === 'signal') await signalled(item.name).catch(() => {});
      if (item.type === 'input' && !input.write(Buffer.from(item.data, 'base64'))) {
        await Promise.race([once(input, 'drain'), once(input, 'close')]);
      }
    }
    input.end();
  } catch {
    input.destroy();
  }
}
