import { type HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import type { Unit } from './unit.ts';

/** Starts services in the order of their needs, and stops them in reverse. */
export class Bootstrapper {
  readonly units: readonly Unit[];

  /** @param units one that uses others comes after them */
  constructor(units: readonly Unit[]) {
    this.units = units;
  }

  /**
   * One that cannot be started keeps none of the others from it.
   * @throws SeveralErrors what could not be started, when all others are
   */
  async start(): Promise<void> {
    await forAll(this.units, (unit) => unit.start());
  }

  /** @throws SeveralErrors what went wrong, when all are stopped */
  async stop(): Promise<void> {
    await forAll([...this.units].reverse(), (unit) => unit.stop());
  }
}

async function forAll(units: readonly Unit[], work: (unit: Unit) => Promise<void>): Promise<void> {
  const errors: HeddleError[] = [];
  for (const unit of units) await work(unit).catch((error) => void errors.push(toHeddleError(error)));
  if (errors.length > 0)
    throw new SeveralErrors('ERR_INTERNAL', errors.map(({ message }) => message).join('; '), errors);
}
