import { HeddleError } from '../lib/errors.ts';
import { type FileQuestion, type FileReader, type FoundFile, readerOf } from './file-reader.ts';

/** The files of a project as its client has found them. What it has not looked at yet is asked of it, once. */
export class SentFiles {
  readonly read: FileReader;
  readonly #asked = new Map<string, FileQuestion>();

  /** `found`: by path. */
  constructor(found: Readonly<Record<string, FoundFile>>) {
    this.read = readerOf((question) => {
      const known = Object.hasOwn(found, question.path) ? found[question.path] : undefined;
      if (known && (!question.text || known.text !== undefined || known.refused)) return known;
      const text = question.text || this.#asked.get(question.path)?.text === true;
      this.#asked.set(question.path, { path: question.path, text });
      // Until it is known there is nothing: so one reading finds all questions that it can.
      return { exists: known?.exists ?? false, text: null };
    });
  }

  /**
   * What `load` makes of the files, or what it lacks. An error that comes of what is lacking is none.
   * @throws what `load` throws when it lacks nothing
   */
  load<Result>(load: (read: FileReader) => Result): Result | { readonly wanted: readonly FileQuestion[] } {
    let work: () => Result;
    try {
      const result = load(this.read);
      work = () => result;
    } catch (error) {
      work = () => {
        throw error;
      };
    }
    return this.#asked.size > 0 ? { wanted: [...this.#asked.values()] } : work();
  }
}

/** Rounds in which files are asked for: as many as a chain of includes may be long. */
const MOST_ROUNDS = 200;
/** What is sent of a project, in characters: an order of magnitude more than anybody writes. */
const MOST_TEXT = 48 * 1024 * 1024;

/** What a client has found, and goes on to find as it is asked: each path once, and no more than a request may hold. */
export class FoundFiles {
  readonly read: FileReader;
  readonly #found = new Map<string, FoundFile>();
  readonly #find: (question: FileQuestion) => FoundFile;
  #rounds = 0;
  #length = 0;

  constructor(find: (question: FileQuestion) => FoundFile) {
    this.#find = find;
    this.read = readerOf((question) => this.#look(question));
  }

  /** Looks at all that is wanted. */
  answer(wanted: readonly FileQuestion[]): void {
    this.#rounds += 1;
    if (this.#rounds > MOST_ROUNDS)
      throw new HeddleError(
        'ERR_COMPOSE_LIMIT',
        `its files name others more than ${MOST_ROUNDS} times in a row`,
      );
    this.look(wanted);
  }

  look(questions: readonly FileQuestion[]): void {
    for (const question of questions) this.#look(question);
  }

  get all(): Readonly<Record<string, FoundFile>> {
    return Object.fromEntries(this.#found);
  }

  #look(question: FileQuestion): FoundFile {
    const known = this.#found.get(question.path);
    if (known && (!question.text || known.text !== undefined || known.refused)) return known;
    const found = this.#find(question);
    this.#length += found.text?.length ?? 0;
    if (this.#length > MOST_TEXT) {
      const message = `with ${question.path} the files of this project have more than ${MOST_TEXT / 2 ** 20} MB`;
      throw new HeddleError('ERR_FILE_TOO_LARGE', message);
    }
    this.#found.set(question.path, found);
    return found;
  }
}
