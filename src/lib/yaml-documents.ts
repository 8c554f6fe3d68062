import { Composer, type CST, type Document, Lexer, LineCounter, type ParsedNode, Parser } from 'yaml';
import type { Location } from './errors.ts';

/** The documents of a YAML text as the library has them, duplicate keys and all, and the place of each offset. */
export interface YamlDocuments {
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  locate(offset: number): Location;
}

/** A text is nested deeper than it may be. */
export class TooDeep extends Error {
  readonly at: Location;

  constructor(deepest: number, at: Location) {
    super(`values are nested more than ${deepest} deep`);
    this.at = at;
  }
}

const betweenDocuments: ReadonlySet<string> = new Set([
  ...['document', 'directive', 'comment', 'newline', 'space', 'byte-order-mark', 'doc-end'],
]);

/**
 * Reads a text as the library's own functions do, but for two things: those follow any depth until their stack is full, and
 * compare each key of a mapping with all others.
 * @throws TooDeep
 */
export function yamlDocuments(text: string, file: string, deepest: number): YamlDocuments {
  const lines = linesOf(text);
  const locate = (offset: number): Location => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const composer = new Composer({
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    version: '1.2',
  });
  const documents: Document.Parsed[] = [];
  // All tokens first: what is too deep has no documents.
  for (const token of [...tokensOf(text, deepest, locate)]) {
    documents.push(...composer.next(token));
    // What follows a token that has no place here would be found fault with, token by token.
    if (!betweenDocuments.has(token.type)) break;
  }
  documents.push(...composer.end(false, text.length));
  return { documents: documents as Document.Parsed<ParsedNode>[], locate };
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) lines.addNewLine(i + 1);
  return lines;
}

function* tokensOf(text: string, deepest: number, locate: YamlDocuments['locate']): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > deepest) throw new TooDeep(deepest, locate(parser.offset));
  }
  yield* parser.end();
}
