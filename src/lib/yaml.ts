import { type Document, isNode, isScalar, visit } from 'yaml';
import type { Location } from './errors.ts';
import { sizeText } from './size-text.ts';
import { TooDeep, type YamlDocuments, yamlDocuments } from './yaml-documents.ts';

/** Levels of mappings and lists; a file of ours has ten. */
const deepest = 100;
/** Characters that are parsed in one piece: each may become five hundred bytes. JSON is read without that. */
const longest = 2 << 20;

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
  if (json === undefined || depthOf(json) > deepest) return parseFully(text, file);
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
  if (text.length > longest)
    return refused(
      { file, line: 1, column: 1 },
      `it has more than ${sizeText(longest)} of YAML in one piece`,
    );
  let read: YamlDocuments;
  try {
    read = yamlDocuments(text, file, deepest);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return refused(error.at, error.message);
  }
  const { documents, locate } = read;
  const [document, more] = documents;
  if (!document) return { value: null, problems: [], at: () => locate(0) };
  const problems = document.errors.map((error) => ({ message: error.message, at: locate(error.pos[0]) }));
  if (more) problems.push({ message: 'It contains multiple documents', at: locate(more.range[0]) });
  for (const offset of repeatedKeys(document))
    problems.push({ message: 'Map keys must be unique', at: locate(offset) });
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

function refused(at: Location, message: string): YamlFile {
  return { value: undefined, problems: [{ message, at }], at: () => at };
}

/** Where the keys stand that a mapping has had already. */
function repeatedKeys(document: Document.Parsed): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return found;
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

/** Levels of objects and lists, counted no further than is of interest. */
function depthOf(value: unknown): number {
  let depth = 0;
  let level = [value];
  while (level.length > 0 && depth <= deepest) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    depth++;
  }
  return depth - 1;
}

function countColons(text: string): number {
  return text.split(':').length;
}
