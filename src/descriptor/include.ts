import { dirname, resolve } from 'node:path';
import { displayPath } from './display-path.ts';
import type { Lookup } from './env/interpolate.ts';
import { readEnvFile } from './env-file.ts';
import type { LoadFiles, Scope, Workshop } from './source.ts';
import {
  child,
  type Entry,
  entriesOf,
  formatPath,
  type MapNode,
  mapOf,
  type Path,
  seqOf,
  type TreeNode,
  textOf,
  toPlain,
  withEntry,
} from './tree.ts';

/** Nobody nests files deeper; each level is read within the one above it. */
const MAX_DEPTH = 50;

const SECTIONS = ['services', 'networks', 'volumes', 'configs', 'secrets'];

/** Adds what the files under `include` define, each read in the folder and with the variables of its own. */
export function applyInclude(
  file: MapNode,
  path: string,
  scope: Scope,
  shop: Workshop,
  chain: readonly string[],
  loadFiles: LoadFiles,
): MapNode {
  const list = child(file, 'include');
  if (list === undefined) return file;
  const own = withEntry(file, 'include', undefined);
  if (list.kind !== 'seq') {
    if (list.kind === 'scalar' && list.value === null) return own;
    shop.findings.error('ERR_COMPOSE_TYPE', 'include: expected a list of files', list.at);
    return own;
  }
  let result = own;
  for (const [i, item] of list.items.entries()) {
    const included = loadIncluded(item, `include[${i}]`, path, scope, shop, chain, loadFiles);
    if (included) result = addAll(result, included, shop);
  }
  return result;
}

function loadIncluded(
  item: TreeNode,
  label: string,
  path: string,
  scope: Scope,
  shop: Workshop,
  chain: readonly string[],
  loadFiles: LoadFiles,
): MapNode | undefined {
  const paths = textItems(child(item, 'path')).map((written) => resolve(scope.dir, written));
  const [first] = paths;
  if (first === undefined) {
    shop.findings.error('ERR_COMPOSE_TYPE', `${label}: expected a path, or a map with "path"`, item.at);
    return undefined;
  }
  const again = paths.find((included) => chain.includes(included) || included === path);
  if (again !== undefined) {
    shop.findings.error(
      'ERR_DEPENDENCY_CYCLE',
      `${label}: ${displayPath(again, shop.cwd)} includes itself`,
      item.at,
    );
    return undefined;
  }
  if (chain.length >= MAX_DEPTH) {
    const message = `${label}: files include each other more than ${MAX_DEPTH} deep`;
    shop.findings.error('ERR_COMPOSE_LIMIT', message, item.at);
    return undefined;
  }
  shop.findings.spend('includes', paths.length, item.at);
  const folder = textOf(child(item, 'project_directory'));
  const dir = folder === undefined ? dirname(first) : resolve(scope.dir, folder);
  const lookup = includedLookup(item, dir, scope, shop);
  return loadFiles(paths, { lookup, dir }, shop, [...chain, path], item.at);
}

/** The including project's variables first, then those of the included project's environment file. */
function includedLookup(item: TreeNode, dir: string, scope: Scope, shop: Workshop): Lookup {
  const named = textItems(child(item, 'env_file'));
  const own = new Map<string, string>();
  const files = named.length > 0 ? named.map((name) => resolve(scope.dir, name)) : [resolve(dir, '.env')];
  const lookup: Lookup = (name) => scope.lookup(name) ?? own.get(name);
  for (const file of files) {
    const options = { required: named.length > 0, lookup, askedAt: item.at };
    for (const { name, value } of readEnvFile(file, options, shop)) {
      if (value !== undefined) own.set(name, value);
    }
  }
  return lookup;
}

function addAll(into: MapNode, included: MapNode, shop: Workshop): MapNode {
  let result = into;
  for (const section of SECTIONS) {
    const theirs = child(included, section);
    if (theirs?.kind !== 'map') continue;
    const ours = child(result, section);
    const entries = new Map<string, Entry>(ours?.kind === 'map' ? ours.entries : []);
    for (const [key, entry] of entriesOf(theirs)) {
      const present = entries.get(key);
      if (!present) entries.set(key, entry);
      else if (!same(present.value, entry.value)) conflict([section, key], present, entry, shop);
    }
    const node: MapNode = ours?.kind === 'map' ? { ...ours, entries } : { ...theirs, entries };
    result = withEntry(result, section, node);
  }
  return addRequests(result, included, shop);
}

/** What the included project asks of Heddle as a whole is asked here too. */
function addRequests(into: MapNode, included: MapNode, shop: Workshop): MapNode {
  const managed = addFeatures(into, included, shop);
  return addList(addList(managed, included, 'objectives'), included, 'chains');
}

function addList(into: MapNode, included: MapNode, key: 'objectives' | 'chains'): MapNode {
  const theirs = child(child(included, 'x-heddle'), key);
  if (theirs?.kind !== 'seq') return into;
  const heddle = child(into, 'x-heddle') ?? mapOf({}, theirs.at);
  const ours = child(heddle, key);
  if (heddle.kind !== 'map' || (ours && ours.kind !== 'seq')) return into;
  const present = ours?.items ?? [];
  // A file that is included twice asks once.
  const items = [...present, ...theirs.items.filter((item) => !present.some((one) => same(one, item)))];
  return withEntry(into, 'x-heddle', withEntry(heddle, key, seqOf(items, ours?.at ?? theirs.at)));
}

function addFeatures(into: MapNode, included: MapNode, shop: Workshop): MapNode {
  const theirs = child(child(included, 'x-heddle'), 'manage');
  if (theirs?.kind !== 'map') return into;
  const heddle = child(into, 'x-heddle') ?? mapOf({}, theirs.at);
  const ours = child(heddle, 'manage') ?? mapOf({}, theirs.at);
  if (heddle.kind !== 'map' || ours.kind !== 'map') return into;
  const entries = new Map(ours.entries);
  for (const [feature, entry] of theirs.entries) {
    const present = entries.get(feature);
    const joined = present ? joinRequests(present.value, entry.value) : entry.value;
    if (joined) entries.set(feature, { ...entry, value: joined });
    else conflict(['x-heddle', 'manage', feature], present ?? entry, entry, shop);
  }
  return withEntry(into, 'x-heddle', withEntry(heddle, 'manage', { ...ours, entries }));
}

/** Two lists of parameters are one list; anything else has to be the same. */
function joinRequests(ours: TreeNode, theirs: TreeNode): TreeNode | undefined {
  if (same(ours, theirs)) return ours;
  if (ours.kind === 'scalar' || theirs.kind === 'scalar') return undefined;
  const items = [ours, theirs].flatMap((node) => (node.kind === 'seq' ? node.items : [node]));
  return seqOf(items, ours.at);
}

function same(a: TreeNode, b: TreeNode): boolean {
  return JSON.stringify(toPlain(a)) === JSON.stringify(toPlain(b));
}

function conflict(path: Path, ours: Entry, theirs: Entry, shop: Workshop): void {
  shop.findings.error(
    'ERR_COMPOSE_CONFLICT',
    `${formatPath(path)} is defined here and, otherwise, in the included ${theirs.keyAt.file}:${theirs.keyAt.line}`,
    ours.keyAt,
    'rename one of the two, or change the included one in a compose.override.yaml',
  );
}

function textItems(node: TreeNode | undefined): string[] {
  if (node?.kind !== 'seq') return [];
  return node.items.map(textOf).filter((item) => item !== undefined);
}
