import { formatLocation, InvalidInput, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { coloursFor } from './colours.ts';

const pc = coloursFor(process.stderr);

/** One clear message on standard error; the cause's trace only under HEDDLE_DEBUG. */
export function printError(cause: unknown): void {
  const error = toHeddleError(cause);
  const write = (line: string) => process.stderr.write(`${line}\n`);
  if (error instanceof InvalidInput) {
    write(error.message);
  } else if (error instanceof SeveralErrors) {
    write(`${pc.red('error')} ${error.code}: ${error.message}`);
    for (const part of error.errors) write(`  ${part.code}: ${part.message}\n    ${pc.dim(part.hint)}`);
  } else {
    const where = error.at ? `${formatLocation(error.at)}: ` : '';
    write(`${where}${pc.red('error')} ${error.code}: ${error.message}`);
    write(pc.dim(error.hint));
  }
  if (process.env['HEDDLE_DEBUG']) write(String((cause as Error).stack ?? cause));
}
