import { once } from 'node:events';
import type { Engine } from '../../engines/engine.ts';
import { wordsOf } from '../../engines/interactive.ts';
import { isHeddleError } from '../../lib/errors.ts';
import { BoundedText } from './bounded-text.ts';
import type { Call } from './call.ts';
import { endProcesses, idVariable } from './leftovers.ts';
import type { Answer } from './outcome.ts';
import { most, tooMuch } from './outputs.ts';

/** Bytes of what a command says on its standard error that are kept. */
const keptWords = 4096;

/**
 * Runs a command in a function's container, as the container's user and with its rights: what it is told on its standard input,
 * what it puts out from its standard output. When its time is over it ends, with all that it began.
 */
export async function callCommand(
  engine: Engine,
  command: readonly string[],
  { hook, id, container, input, signal }: Call,
): Promise<Answer> {
  const printed = new BoundedText(most.bytes, 'first');
  const said = new BoundedText(keptWords, 'last');
  const over = once(signal, 'abort').then(() => 'over' as const);
  try {
    const running = await engine.console.execInteractive(container.name, command, {
      tty: false,
      environment: [`HEDDLE_HOOK=${hook}`, `${idVariable}=${id}`],
    });
    // One that ends without reading all of it says so by its exit code.
    running.input.on('error', () => {});
    running.input.end(input);
    const read = (async () => {
      for await (const { stream, data } of running.output) {
        if (stream === 'stdout') printed.add(data);
        else said.add(data);
        if (printed.isOver) return 'full' as const;
      }
      return 'ended' as const;
    })();
    read.catch(() => {});
    const how = signal.aborted ? 'over' : await Promise.race([read, over]);
    if (how === 'ended')
      return {
        kind: 'ended',
        exitCode: await running.exitCode(),
        printed: printed.toString(),
        ...wordsOf(said.toString()),
      };
    await endProcesses(container, id);
    running.input.destroy();
    return {
      kind: 'failed',
      why: how === 'full' ? tooMuch : 'it did not end in time',
      said: said.toString(),
    };
  } catch (error) {
    await endProcesses(container, id);
    if (!isHeddleError(error)) throw error;
    return { kind: 'failed', why: error.message, said: said.toString() };
  }
}
