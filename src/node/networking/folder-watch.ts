import { type FSWatcher, watch } from 'node:fs';

/** Milliseconds from the first change until it is told: what is written bit by bit is whole by then. */
const settling = 200;

/** Tells when files in a folder change, as far as the kernel says so: who has to know it looks now and then besides. */
export class FolderWatch {
  readonly #folder: string;
  readonly #changed: () => void;
  #watching: FSWatcher | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(folder: string, changed: () => void) {
    this.#folder = folder;
    this.#changed = changed;
  }

  /** Again, too: a folder that was not there, or was taken away, may be there by now. */
  start(): void {
    if (this.#watching) return;
    try {
      this.#watching = watch(this.#folder, { persistent: false }, (event, name) => this.#seen(event, name));
      this.#watching.on('error', () => this.#end());
    } catch {
      // It is not there, or the kernel watches enough already.
    }
  }

  stop(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#end();
  }

  #seen(event: string, name: string | null): void {
    // The folder itself, which went, or is another by now.
    if (event === 'rename' && (name === null || this.#folder.endsWith(`/${name}`))) this.#end();
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#changed();
    }, settling).unref();
  }

  #end(): void {
    this.#watching?.close();
    this.#watching = undefined;
  }
}
