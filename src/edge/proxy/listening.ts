import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';

/**
 * What the program listens on, as `hostPort` writes it; on disk too, for the next process of the gateway to know that those
 * ports are its own.
 */
export class Listening {
  readonly #file: string;
  #all: ReadonlySet<string>;

  constructor(file: string) {
    this.#file = file;
    this.#all = new Set(read(file));
  }

  get all(): ReadonlySet<string> {
    return this.#all;
  }

  has(endpoint: string): boolean {
    return this.#all.has(endpoint);
  }

  set(endpoints: Iterable<string>): void {
    const all = new Set(endpoints);
    const text = JSON.stringify([...all]);
    const isSame = text === JSON.stringify([...this.#all]);
    this.#all = all;
    if (isSame) return;
    replaceFile(this.#file, text, 0o600);
  }
}

function read(file: string): string[] {
  try {
    return JSON.parse(readBounded(file, { bytes: 1 << 20 }).toString()) as string[];
  } catch {
    return [];
  }
}
