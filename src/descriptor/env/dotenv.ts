import { readQuoted } from './dotenv-quotes.ts';
import { interpolate, type Lookup } from './interpolate.ts';
import { TemplateError } from './template.ts';

/** One assignment of an environment file. `value` is absent for a bare `NAME`, which is taken from outside. */
export interface Assignment {
  readonly name: string;
  readonly value?: string;
  readonly line: number;
}
export interface DotenvProblem {
  readonly line: number;
  readonly message: string;
}
interface DotenvListener {
  onProblem(problem: DotenvProblem): void;
  /** A variable without value that an assignment uses. */
  onUnset(name: string, line: number): void;
}

/** White space as Go sees it, whose reader Compose uses; but for the first, on one line. */
const SPACE_AND_LINES = /[\t\n\v\f\r \u0085\p{Z}]*/uy;
const SPACE = /[\t\v\f\r \u0085\u00a0]*/y;
const SPACE_AT_END = /[\t\n\v\f\r \u0085\p{Z}]+$/u;
const EXPORT = /export[^\S\n]+/y;
const HEAD = /([^=:\n]*)([=:\n]?)/y;
const REST_OF_LINE = /[^\n]*/y;
const NAME = /^[\p{L}\p{N}_.[\]-]+$/u;

/**
 * Reads Compose's dotenv syntax: comments, `export`, single quotes (literal, but for `\'`), double quotes (escapes and
 * variables), both over several lines, no quotes (variables, ` #` starts a comment). Variables see `lookup` first and then
 * the assignments before them.
 */
export function parseDotenv(text: string, lookup: Lookup, listener: DotenvListener): Assignment[] {
  return new DotenvReader(text.replace(/^\uFEFF/, ''), lookup, listener).read();
}

class DotenvReader {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #listener: DotenvListener;
  readonly #earlier = new Map<string, string>();
  readonly #assignments: Assignment[] = [];
  #at = 0;
  #line = 1;
  #countedTo = 0;

  constructor(text: string, lookup: Lookup, listener: DotenvListener) {
    this.#text = text;
    this.#lookup = (name) => lookup(name) ?? this.#earlier.get(name);
    this.#listener = listener;
  }

  read(): Assignment[] {
    for (;;) {
      this.#take(SPACE_AND_LINES);
      if (this.#at >= this.#text.length) return this.#assignments;
      const start = this.#at;
      const line = this.#lineAt(start);
      try {
        if (this.#text[start] === '#') this.#take(REST_OF_LINE);
        else this.#assignment(line);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        this.#listener.onProblem({ line, message: error.message });
        this.#at = start;
        this.#take(REST_OF_LINE);
      }
    }
  }

  #assignment(line: number): void {
    this.#take(EXPORT);
    HEAD.lastIndex = this.#at;
    const [head = '', written = '', separator = ''] = HEAD.exec(this.#text) ?? [];
    this.#at += head.length;
    const name = checkedName(written);
    if (separator === '' || separator === '\n') {
      this.#assignments.push({ name, line });
      return;
    }
    this.#take(SPACE);
    const value = this.#value(name, line);
    if (value.includes('\0'))
      throw new TemplateError(`the value of ${name} holds a NUL, which no variable can`);
    this.#earlier.set(name, value);
    this.#assignments.push({ name, value, line });
  }

  #value(name: string, line: number): string {
    const expand = (text: string) =>
      interpolate(text, this.#lookup, (unset) => this.#listener.onUnset(unset, line));
    const quote = this.#text[this.#at] ?? '';
    if (quote !== '"' && quote !== "'") return expand(withoutComment(this.#take(REST_OF_LINE)));
    const quoted = readQuoted(this.#text, this.#at, quote);
    if (quoted === undefined) throw new TemplateError(`the closing ${quote} of ${name} is missing`);
    this.#at = quoted.end;
    const after = this.#take(REST_OF_LINE);
    // Compose reads what follows as a further statement, which may be an assignment or a comment.
    if (/[=:]/.test(after) || /^[\t\v\f\r ]*#/.test(after)) this.#at = quoted.end;
    else if (after.replace(SPACE_AT_END, '') !== '')
      throw new TemplateError(
        `after the closing ${quote} of ${name} there is "${after.trim().slice(0, 40)}"`,
      );
    return quote === "'" ? quoted.text : expand(quoted.text);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }

  #lineAt(offset: number): number {
    for (let i = this.#text.indexOf('\n', this.#countedTo); i !== -1 && i < offset; ) {
      this.#line += 1;
      this.#countedTo = i + 1;
      i = this.#text.indexOf('\n', this.#countedTo);
    }
    return this.#line;
  }
}

function checkedName(written: string): string {
  const name = written.replace(SPACE_AT_END, '');
  if (name === '') throw new TemplateError('there is no name before the value');
  if (NAME.test(name)) return name;
  const shown = JSON.stringify(name.slice(0, 40));
  if (/\s/.test(name)) throw new TemplateError(`${shown} is not NAME=value: a name holds no white space`);
  throw new TemplateError(`${shown} is not NAME=value: a name has letters, digits, "_", "." and "-"`);
}

/** A `#` begins a comment behind a space that follows a value: `#ff8800` and `a#b` are values. */
function withoutComment(value: string): string {
  const comment = value.indexOf(' #');
  return (comment === -1 ? value : value.slice(0, comment)).replace(SPACE_AT_END, '');
}
