import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';

/** What the checks of a gateway found down, on disk beside its view: for who asks what it answers. */
export class DownFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param targets by their keys. A disk that takes nothing makes no difference to what is answered. */
  write(targets: readonly string[]): void {
    try {
      replaceFile(this.#file, JSON.stringify(targets), 0o600);
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
