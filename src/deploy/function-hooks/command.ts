import { once } from 'node:events';
import type { Engine } from '../../engines/engine.ts';
import { wordsOf } from '../../engines/interactive.ts';
import { BoundedText } from './bounded-text.ts';
import type { Call } from './call.ts';
import { endProcesses, idVariable } from './leftovers.ts';
import type { Answer } from './outcome.ts';
import { most, tooMuch } from './outputs.ts';

/** Bytes of what a command says on its standard error that are kept. */
const keptWords = 4096;

/** The exit code of one of which the engine does not say that it ended. */
const unknown = -1;

/**
 * Runs a command in a function's container, as the container's user and with its rights: what it is told on its standard input,
 * what it puts out from its standard output. When its time is over it ends, with all that it began.
 * @throws HeddleError ERR_FUNCTION_HOOK when it cannot be ended
 */
export async function callCommand(
  engine: Engine,
  command: readonly string[],
  { hook, id, container, input, signal }: Call,
): Promise<Answer> {
  const printed = new BoundedText(most.bytes, 'first');
  const said = new BoundedText(keptWords, 'last');
  const full = Promise.withResolvers<'full'>();
  const over = signal.aborted ? ('over' as const) : once(signal, 'abort').then(() => 'over' as const);
  const starting = engine.console.execInteractive(container.name, command, {
    tty: false,
    environment: [`HEDDLE_HOOK=${hook}`, `${idVariable}=${id}`],
  });
  const ending = starting.then(async (running) => {
    // One that ends without reading all of it says so by its exit code.
    running.input.on('error', () => {});
    // One that is begun too late is told nothing.
    if (!signal.aborted) running.input.end(input);
    for await (const { stream, data } of running.output) {
      if (stream === 'stdout') printed.add(data);
      else said.add(data);
      if (printed.isOver) full.resolve('full');
    }
    return running.exitCode();
  });
  let isOver = false;
  const settled = () => {
    isOver = true;
  };
  ending.then(settled, settled);
  const end = () => endProcesses(container, id, () => isOver);
  const how = await Promise.race([ending, full.promise, over]).catch((error: Error) => error);
  if (typeof how === 'number' && how !== unknown)
    return { kind: 'ended', exitCode: how, printed: printed.toString(), ...wordsOf(said.toString()) };
  try {
    await end();
  } catch (error) {
    // Whenever the engine begins it.
    void starting.then(end).catch(() => {});
    throw error;
  } finally {
    void starting.then((running) => running.input.destroy()).catch(() => {});
  }
  return { kind: 'failed', why: whyOf(how), said: said.toString() };
}

function whyOf(how: 'full' | 'over' | number | Error): string {
  if (how instanceof Error) return how.message;
  if (how === 'full') return tooMuch;
  return how === 'over' ? 'it did not end in time' : 'the engine does not say how it ended';
}
