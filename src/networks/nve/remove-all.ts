import { type HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';

export type Step = () => void | Promise<void>;

/**
 * Does all steps, one after the other, whatever becomes of each.
 * @throws SeveralErrors what went wrong, when all is done
 */
export async function removeAll(steps: readonly Step[]): Promise<void> {
  const errors: HeddleError[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(toHeddleError(error));
    }
  }
  if (errors.length > 0)
    throw new SeveralErrors('ERR_NETWORK', errors.map(({ message }) => message).join('; '), errors);
}
