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

const NAME = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*(=|:|$)/;

/**
 * Reads Compose's dotenv syntax: comments, `export`, single quotes (literal), double quotes (escapes and
 * variables, over several lines), no quotes (variables, ` #` starts a comment). Variables see `lookup` first
 * and then the assignments before them.
 */
export function parseDotenv(
  text: string,
  lookup: Lookup,
  onProblem: (problem: DotenvProblem) => void,
): Assignment[] {
  const assignments: Assignment[] = [];
  const earlier = new Map<string, string>();
  const seen: Lookup = (name) => lookup(name) ?? earlier.get(name);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let i = 0; i < lines.length; ) {
    const first = i;
    try {
      const read = readAssignment(lines, i, seen);
      i = read.lastLine + 1;
      if (!read.assignment) continue;
      assignments.push(read.assignment);
      const { name, value } = read.assignment;
      if (value !== undefined) earlier.set(name, value);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      onProblem({ line: first + 1, message: error.message });
      i = first + 1;
    }
  }
  return assignments;
}

/** The assignment that starts on a line, if one does, and the line where it ends. */
function readAssignment(
  lines: readonly string[],
  first: number,
  seen: Lookup,
): { assignment?: Assignment; lastLine: number } {
  const source = (lines[first] ?? '').trim();
  const line = first + 1;
  if (source === '' || source.startsWith('#')) return { lastLine: first };
  const [head = '', name, separator] = NAME.exec(source) ?? [];
  if (name === undefined) throw new TemplateError(`"${source.slice(0, 40)}" is not NAME=value`);
  if (separator === '') return { assignment: { name, line }, lastLine: first };
  const written = source.slice(head.length).trimStart();
  const quote = written[0] ?? '';
  if (quote !== '"' && quote !== "'") {
    const value = interpolate(withoutComment(written), seen, () => {});
    return { assignment: { name, value, line }, lastLine: first };
  }
  const quoted = readQuoted(lines, first, quote);
  if (quoted === undefined) throw new TemplateError(`the closing ${quote} of ${name} is missing`);
  const value = quote === "'" ? quoted.text : interpolate(withEscapes(quoted.text), seen, () => {});
  return { assignment: { name, value, line }, lastLine: quoted.lastLine };
}

function withoutComment(value: string): string {
  return value.replace(/(^|\s)#.*$/, '').trimEnd();
}

/** The text between quotes that open on line `first`; it may end on a later line. */
function readQuoted(
  lines: readonly string[],
  first: number,
  quote: string,
): { text: string; lastLine: number } | undefined {
  const opening = lines[first] ?? '';
  let rest = opening.slice(opening.indexOf(quote, opening.search(/[=:]/)) + 1);
  let text = '';
  for (let i = first; ; ) {
    for (let c = 0; c < rest.length; c += 1) {
      if (quote === '"' && rest[c] === '\\') c += 1;
      else if (rest[c] === quote) return { text: text + rest.slice(0, c), lastLine: i };
    }
    i += 1;
    const next = lines[i];
    if (next === undefined) return undefined;
    text += `${rest}\n`;
    rest = next;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$$',
};

/** The escapes of double quotes. `\$` becomes `$$`, which interpolation turns into a literal `$`. */
function withEscapes(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}
