import {
  Composer,
  type CST,
  type Document,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLParseError,
} from 'yaml';
import type { Location } from '../../lib/errors.ts';
import type { Findings } from '../findings.ts';
import { isNull, type TreeNode } from '../tree.ts';
import { TreeBuilder } from './tree-builder.ts';

/** The YAML library works recursively; without a bound a file of brackets would exhaust the stack. */
const MAX_DEPTH = 200;
/** Each is laid over those before it, as a file is. */
const MAX_DOCUMENTS = 100;

const BETWEEN_DOCUMENTS: ReadonlySet<string> = new Set([
  ...['document', 'directive', 'comment', 'newline', 'space', 'byte-order-mark', 'doc-end'],
]);

/**
 * The documents of a YAML text as trees, empty ones left out. `undefined`: it is unusable, and reported. Anchors hold from
 * their document on, as in Compose.
 */
export function parseYaml(text: string, file: string, findings: Findings): TreeNode[] | undefined {
  const lines = new LineCounter();
  const place = (offset: number): Location => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tokens = tokenize(text, lines);
  if (typeof tokens === 'number') {
    findings.error('ERR_YAML_SYNTAX', `values are nested more than ${MAX_DEPTH} deep`, place(tokens));
    return undefined;
  }
  const documents = compose(tokens, lines, text.length);
  if (documents.length > MAX_DOCUMENTS) {
    const start = documents[MAX_DOCUMENTS]?.range[0] ?? 0;
    findings.error('ERR_YAML_SYNTAX', `the file has more than ${MAX_DOCUMENTS} documents`, place(start));
    return undefined;
  }
  for (const error of firstOfEachKind(documents.flatMap((document) => document.errors))) {
    findings.error('ERR_YAML_SYNTAX', error.message, place(error.pos[0]));
  }
  if (documents.some((document) => document.errors.length > 0)) return undefined;
  const builder = new TreeBuilder(place, findings);
  const trees = documents.flatMap(({ contents }) => (contents === null ? [] : [builder.build(contents)]));
  return trees.filter((tree) => !isNull(tree));
}

/** After one slip the library finds fault with every token that follows; the first of each kind says enough. */
function firstOfEachKind(errors: readonly YAMLParseError[]): YAMLParseError[] {
  return errors.filter((error, i) => errors.findIndex((other) => other.code === error.code) === i);
}

/** The tokens of a text, or the offset at which its nesting became too deep. */
function tokenize(text: string, lines: LineCounter): CST.Token[] | number {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) lines.addNewLine(i + 1);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH) return parser.offset;
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function compose(
  tokens: readonly CST.Token[],
  lineCounter: LineCounter,
  end: number,
): Document.Parsed<ParsedNode>[] {
  // Duplicate keys are found by the tree builder in linear time; the library compares each pair.
  const composer = new Composer({ lineCounter, prettyErrors: false, uniqueKeys: false, version: '1.2' });
  const documents: Document.Parsed[] = [];
  for (const token of tokens) {
    documents.push(...composer.next(token));
    // What follows a token that has no place here would be found fault with, token by token.
    if (!BETWEEN_DOCUMENTS.has(token.type)) break;
  }
  documents.push(...composer.end(false, end));
  return documents as Document.Parsed<ParsedNode>[];
}
