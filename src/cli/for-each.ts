import { type HeddleError, SeveralErrors, toHeddleError } from '../lib/errors.ts';

/** Does something with each name, past those with which it fails. @throws what failed, when all others are done */
export async function forEach(
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<void> {
  const errors: HeddleError[] = [];
  for (const name of names)
    await work(name).catch((error: unknown) => void errors.push(toHeddleError(error)));
  const [first] = errors;
  if (!first) return;
  if (errors.length === 1) throw first;
  throw new SeveralErrors(first.code, errors.map(({ message }) => message).join('\n'), errors);
}
