import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { Location } from './errors.ts';

/** A small YAML file of Heddle's own kind, with the place of each value. */
export interface YamlFile {
  readonly value: unknown;
  readonly problems: readonly { readonly message: string; readonly at: Location }[];
  /** The place of the nearest value on the way to `path`. */
  at(path: readonly string[]): Location;
}

/** JSON is YAML, too; what a program wrote is read in a hundredth of the time, and its places only when asked for. */
export function parseYaml(text: string, file: string): YamlFile {
  const json = parseJson(text);
  if (json === undefined) return parseFully(text, file);
  return { value: json, problems: [], at: placesIn(text, file) };
}

/** The places in a text, which is read for them once, when the first is asked for. */
export function placesIn(text: string, file: string): YamlFile['at'] {
  let whole: YamlFile | undefined;
  return (path) => {
    whole ??= parseFully(text, file);
    return whole.at(path);
  };
}

function parseFully(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locate = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = document.errors.map((error) => ({ message: error.message, at: locate(error.pos[0]) }));
  let value: unknown;
  try {
    if (problems.length === 0) value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases of what is not there, or of too much.
    problems.push({ message: (error as Error).message, at: locate(0) });
  }
  return {
    value,
    problems,
    at: (path) => locate(offsetOf(document, path)),
  };
}

function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const keys = path.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const found = document.getIn(keys, true);
    if (isNode(found) && found.range) return found.range[0];
  }
  return 0;
}

/**
 * The object that a text in JSON says; nothing when it is none, or when a key comes twice in it, which YAML tells of and
 * JSON does not: writing it again has to give as many keys.
 */
function parseJson(text: string): object | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as object;
    return countColons(text) === countColons(JSON.stringify(value)) ? value : undefined;
  } catch {
    return undefined;
  }
}

function countColons(text: string): number {
  return text.split(':').length;
}
