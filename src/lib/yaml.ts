import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Location } from './errors.ts';

/** A small YAML file of Heddle's own kind, with the place of each value. */
export interface YamlFile {
  readonly value: unknown;
  readonly problems: readonly { readonly message: string; readonly at: Location }[];
  /** The place of the nearest value on the way to `path`. */
  at(path: readonly string[]): Location;
}

export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locate = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = document.errors.map((error) => ({ message: error.message, at: locate(error.pos[0]) }));
  return {
    value: problems.length === 0 ? document.toJS({ maxAliasCount: 100 }) : undefined,
    problems,
    at(path) {
      for (let length = path.length; length > 0; length--) {
        const keys = path.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
        const found = document.getIn(keys, true);
        if (isNode(found) && found.range) return locate(found.range[0]);
      }
      return locate(0);
    },
  };
}
