import { readFileSync, renameSync, writeFileSync } from 'node:fs';

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
    writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function read(file: string): string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as string[];
  } catch {
    return [];
  }
}
