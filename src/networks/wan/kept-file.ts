import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFileSoon } from '../../lib/replace-file.ts';

/** What the process that comes next goes on with, so that links go on as they are, whether the shared state is reached or not. */
export class KeptFile<T extends object> {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, name: string) {
    this.#file = path.join(folder, name);
  }

  /** What cannot be read is as good as nothing. */
  read(): Partial<T> {
    if (!existsSync(this.#file)) return {};
    try {
      const found: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      return typeof found === 'object' && found !== null ? found : {};
    } catch {
      return {};
    }
  }

  /** Soon: nobody waits for it. */
  write(kept: T): void {
    this.#writing = this.#writing
      .then(() => replaceFileSoon(this.#file, JSON.stringify(kept), 0o600))
      // Without it, a link takes the first path that answers, when it is said who there is.
      .catch(() => {});
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
  }
}
