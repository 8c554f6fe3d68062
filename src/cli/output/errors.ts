import {
  formatLocation,
  type HeddleError,
  InvalidInput,
  SeveralErrors,
  toHeddleError,
} from '../../lib/errors.ts';
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
    for (const line of error.errors.flatMap((one) => partLines(one, '  '))) write(line);
  } else {
    const where = error.at ? `${formatLocation(error.at)}: ` : '';
    write(`${printableLine(where)}${pc.red('error')} ${error.code}: ${printable(error.message)}`);
    write(pc.dim(printable(error.hint)));
  }
  if (process.env['HEDDLE_DEBUG']) write(String((cause as Error).stack ?? cause));
}

/** One of several; what each of its own was, where it is several itself: those of a node among nodes. */
function partLines(error: HeddleError, indent: string): string[] {
  const line = `${indent}${error.code}: ${printable(error.message)}`;
  if (error instanceof SeveralErrors)
    return [line, ...error.errors.flatMap((one) => partLines(one, `${indent}  `))];
  return [line, `${indent}  ${pc.dim(printable(error.hint))}`];
}
