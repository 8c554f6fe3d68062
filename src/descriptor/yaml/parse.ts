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
import type { TreeNode } from '../tree.ts';
import { TreeBuilder } from './tree-builder.ts';

/** Larger files are refused: nobody writes them, and they would stall the node. */
const MAX_BYTES = 10 * 1024 * 1024;
/** The YAML library works recursively; without a bound a file of brackets would exhaust the stack. */
const MAX_DEPTH = 200;

const BETWEEN_DOCUMENTS: ReadonlySet<string> = new Set([
  ...['document', 'directive', 'comment', 'newline', 'space', 'byte-order-mark', 'doc-end'],
]);

/** The one document of a YAML text as a tree. `undefined`: it was empty, or unusable and reported. */
export function parseYaml(text: string, file: string, findings: Findings): TreeNode | undefined {
  const start: Location = { file, line: 1, column: 1 };
  if (text.length > MAX_BYTES) {
    findings.error('ERR_YAML_SYNTAX', `the file has more than ${MAX_BYTES / 1024 / 1024} MB`, start);
    return undefined;
  }
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
  const [document, second] = documents;
  if (!document) return undefined;
  if (second) {
    findings.error(
      'ERR_YAML_SYNTAX',
      'the file has several YAML documents',
      place(second.range[0]),
      'keep one; give the others as files of their own with -f',
    );
  }
  for (const error of firstOfEachKind(document.errors)) {
    findings.error('ERR_YAML_SYNTAX', error.message, place(error.pos[0]));
  }
  if (document.errors.length > 0 || document.contents === null) return undefined;
  return new TreeBuilder(place, findings).build(document.contents);
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
