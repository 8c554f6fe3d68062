import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';

/** The last epoch that a controller acted with, so that the next one is later whatever the clock says. */
export class EpochFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * The epochs that are known: one, or none.
   * @throws HeddleError ERR_STATE when there is a file that does not say
   */
  read(): number[] {
    try {
      const epoch = Number(readBounded(this.#file, { bytes: 64 }).toString());
      if (Number.isSafeInteger(epoch) && epoch > 0) return [epoch];
      throw new Error('this is no epoch');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw this.#error(error as Error);
    }
  }

  /** @throws HeddleError ERR_STATE */
  write(epoch: number): void {
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      replaceFile(this.#file, `${epoch}\n`, 0o600);
    } catch (error) {
      throw this.#error(error as Error);
    }
  }

  #error(cause: Error): HeddleError {
    return new HeddleError('ERR_STATE', `${this.#file}: ${cause.message}`, { cause });
  }
}
