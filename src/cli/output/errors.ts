import { formatLocation, InvalidInput, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { printable, printableLine } from '../../lib/printable.ts';
import { coloursFor } from './colours.ts';

const pc = coloursFor(process.stderr);

/** One clear message on standard error; the cause's trace only under HEDDLE_DEBUG. */
export function printError(cause: unknown): void {
  const error = toHeddleError(cause);
  const write = (line: string) => process.stderr.write(`${line}\n`);
  if (error instanceof InvalidInput) {
    write(error.message);
  } else if (error instanceof SeveralErrors) {
    write(`${pc.red('error')} ${error.code}: ${printable(error.message)}`);
    for (const { code, message, hint } of error.errors)
      write(`  ${code}: ${printable(message)}\n    ${pc.dim(printable(hint))}`);
  } else {
    const where = error.at ? `${formatLocation(error.at)}: ` : '';
    write(`${printableLine(where)}${pc.red('error')} ${error.code}: ${printable(error.message)}`);
    write(pc.dim(printable(error.hint)));
  }
  if (process.env['HEDDLE_DEBUG']) write(String((cause as Error).stack ?? cause));
}
