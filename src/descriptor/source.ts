import type { Location } from '../lib/errors.ts';
import type { Lookup } from './env/interpolate.ts';
import { interpolateTree } from './env/interpolate-tree.ts';
import type { FileReader } from './file-reader.ts';
import type { Findings } from './findings.ts';
import { composeFile } from './forms/file.ts';
import { resolvePaths } from './paths.ts';
import { displayPath } from './project.ts';
import { type MapNode, mapOf, type TreeNode } from './tree.ts';
import { parseYaml } from './yaml/parse.ts';

/** What every step needs to read further files. */
export interface Workshop {
  readonly read: FileReader;
  readonly findings: Findings;
  /** Messages name files as seen from here. */
  readonly cwd: string;
  /** Text and tree of each file read so far: one that many services extend is parsed once. */
  readonly parsed: Map<string, TreeNode | undefined>;
}

/** What decides how a file is understood. */
export interface Scope {
  readonly lookup: Lookup;
  /** Folder that relative paths start from. */
  readonly dir: string;
}

/** One file: variables replaced, short forms made long, paths absolute. `undefined`: unusable, and reported. */
export function readSource(
  path: string,
  scope: Scope,
  shop: Workshop,
  askedAt?: Location,
): MapNode | undefined {
  const tree = parsedFile(path, shop, askedAt);
  if (tree === undefined) return undefined;
  if (tree.kind !== 'map') {
    shop.findings.error('ERR_COMPOSE_TYPE', 'a Compose file is a map with the key "services"', tree.at);
    return undefined;
  }
  const interpolated = interpolateTree(tree, scope.lookup, shop.findings);
  const long = composeFile(interpolated, [], shop.findings) as MapNode;
  return resolvePaths(long, scope.dir, scope.lookup('HOME'));
}

/** The tree of a file as it was written, read once. */
export function parsedFile(
  path: string,
  shop: Workshop,
  askedAt: Location | undefined,
): TreeNode | undefined {
  if (shop.parsed.has(path)) return shop.parsed.get(path);
  const text = shop.read.readFile(path);
  const file = displayPath(path, shop.cwd);
  if (text === undefined) {
    shop.findings.error('ERR_FILE_NOT_FOUND', `the Compose file ${file} cannot be read`, askedAt);
  }
  const empty = mapOf({}, { file, line: 1, column: 1 });
  const before = shop.findings.errorCount;
  const tree = text === undefined ? undefined : parseYaml(text, file, shop.findings);
  const usable = tree ?? (text !== undefined && shop.findings.errorCount === before ? empty : undefined);
  shop.parsed.set(path, usable);
  return usable;
}

/** Reads several files as one tree; handed to `include`, which is a part of reading files. */
export type LoadFiles = (
  paths: readonly string[],
  scope: Scope,
  shop: Workshop,
  chain?: readonly string[],
  askedAt?: Location,
) => MapNode | undefined;
