import type { Location } from '../lib/errors.ts';
import { displayPath } from './display-path.ts';
import type { Lookup } from './env/interpolate.ts';
import { interpolateTree } from './env/interpolate-tree.ts';
import { composeFile, unfilledFile } from './forms/file.ts';
import { resolvePaths } from './paths.ts';
import { composeText, type ReadingRoom } from './read-text.ts';
import { type MapNode, mapOf, type TreeNode } from './tree.ts';
import { withLookups } from './with-lookups.ts';
import { parseYaml } from './yaml/parse.ts';

/** What every step needs to read further files. */
export interface Workshop extends ReadingRoom {
  /** The documents of each file read so far: one that many services extend is parsed once. */
  readonly parsed: Map<string, readonly TreeNode[] | undefined>;
  /** Whether variables are left where they stand. */
  readonly unfilled: boolean;
  /** By the place of a value that is looked up or read later: the variables that hold where it was written. */
  readonly lookups: WeakMap<Location, Lookup>;
}

/** What decides how a file is understood. */
export interface Scope {
  readonly lookup: Lookup;
  /** Folder that relative paths start from. */
  readonly dir: string;
}

/**
 * The documents of one file: variables replaced, short forms made long, paths absolute. None: the file is unusable, and
 * reported.
 */
export function readSource(
  path: string,
  scope: Scope,
  shop: Workshop,
  askedAt?: Location,
): readonly MapNode[] {
  return (parsedFile(path, shop, askedAt) ?? []).flatMap((tree) => {
    if (tree.kind !== 'map') {
      shop.findings.error('ERR_COMPOSE_TYPE', 'a Compose file is a map with the key "services"', tree.at);
      return [];
    }
    const long = (
      shop.unfilled
        ? unfilledFile(tree, [], shop.findings)
        : composeFile(interpolateTree(tree, scope.lookup, shop.findings), [], shop.findings)
    ) as MapNode;
    return [withLookups(resolvePaths(long, scope.dir, scope.lookup('HOME')), scope.lookup, shop)];
  });
}

/** The documents of a file as they were written, read once; an empty file is an empty map. */
export function parsedFile(
  path: string,
  shop: Workshop,
  askedAt: Location | undefined,
): readonly TreeNode[] | undefined {
  if (shop.parsed.has(path)) return shop.parsed.get(path);
  const text = composeText(path, shop, askedAt);
  const file = displayPath(path, shop.cwd);
  const documents = text === undefined ? undefined : parseYaml(text, file, shop.findings);
  const usable = documents?.length === 0 ? [mapOf({}, { file, line: 1, column: 1 })] : documents;
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
