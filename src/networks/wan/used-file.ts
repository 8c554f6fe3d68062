import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFileSoon } from '../../lib/replace-file.ts';

/** By node: the path that its link takes. */
export type UsedPaths = Readonly<Record<string, number>>;

/** Which paths are used, for the process that comes next: links go on as they are. */
export class UsedFile {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = path.join(folder, 'used.json');
  }

  /** What cannot be read is as good as nothing. */
  read(): UsedPaths {
    if (!existsSync(this.#file)) return {};
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as UsedPaths;
    } catch {
      return {};
    }
  }

  /** Soon: nobody waits for it. */
  write(used: UsedPaths): void {
    this.#writing = this.#writing
      .then(() => replaceFileSoon(this.#file, JSON.stringify(used), 0o600))
      // Without it, a link takes the first path that answers.
      .catch(() => {});
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
  }
}
