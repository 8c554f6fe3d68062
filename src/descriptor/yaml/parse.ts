import type { YAMLParseError } from 'yaml';
import { TooDeep, type YamlDocuments, yamlDocuments } from '../../lib/yaml-documents.ts';
import type { Findings } from '../findings.ts';
import { isNull, type TreeNode } from '../tree.ts';
import { TreeBuilder } from './tree-builder.ts';

/** The YAML library works recursively; without a bound a file of brackets would exhaust the stack. */
const MAX_DEPTH = 200;
/** Each is laid over those before it, as a file is. */
const MAX_DOCUMENTS = 100;

/**
 * The documents of a YAML text as trees, empty ones left out. `undefined`: it is unusable, and reported. Anchors hold from
 * their document on, as in Compose.
 */
export function parseYaml(text: string, file: string, findings: Findings): TreeNode[] | undefined {
  let read: YamlDocuments;
  try {
    read = yamlDocuments(text, file, MAX_DEPTH);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    findings.error('ERR_YAML_SYNTAX', error.message, error.at);
    return undefined;
  }
  const { documents, locate: place } = read;
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
