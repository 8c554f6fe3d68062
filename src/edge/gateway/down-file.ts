import { renameSync, writeFileSync } from 'node:fs';
import { readBounded } from '../../lib/read-bounded.ts';

/** What the checks of a gateway found down, on disk beside its view: for who asks what it answers. */
export class DownFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param targets by their keys. A disk that takes nothing makes no difference to what is answered. */
  write(targets: readonly string[]): void {
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(targets), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch {}
  }

  read(): ReadonlySet<string> {
    try {
      return new Set(JSON.parse(readBounded(this.#file, { bytes: 16 << 20 }).toString()) as string[]);
    } catch {
      return new Set();
    }
  }
}
