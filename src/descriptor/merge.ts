import type { Findings } from './findings.ts';
import {
  child,
  type Entry,
  formatPath,
  isNull,
  type MapNode,
  type Path,
  type SeqNode,
  type TreeNode,
  textOf,
} from './tree.ts';

/**
 * Lays one tree in long form over another, by Compose's rules: maps join, lists append (items with the same
 * key replace), a few lists are replaced whole, `!override` replaces and `!reset` removes.
 */
export function merge(base: TreeNode, over: TreeNode, findings: Findings, path: Path = []): TreeNode {
  if (over.tag !== undefined) return over;
  if (base.tag === 'reset') return over;
  if (isNull(over) && !nullCounts(path)) return base;
  if (isNull(base)) return over;
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, findings, path);
  if (base.kind === 'seq' && over.kind === 'seq') return mergeLists(base, over, path);
  if (base.kind === over.kind || isNull(over) || isFeature(path)) return over;
  const message = `${formatPath(path)}: a ${nameOf(over)} cannot be merged into the ${nameOf(base)} of ${base.at.file}:${base.at.line}`;
  findings.error(
    'ERR_COMPOSE_TYPE',
    message,
    over.at,
    'write the same kind of value, or put !override before it',
  );
  return base;
}

function nameOf(node: TreeNode): string {
  return { scalar: 'single value', seq: 'list', map: 'map' }[node.kind];
}

function mergeMaps(base: MapNode, over: MapNode, findings: Findings, path: Path): TreeNode {
  if (isLogging(path) && differs(base, over, 'driver')) return over;
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, entry] of over.entries) {
    const earlier = base.entries.get(key);
    if (!earlier) {
      entries.set(key, entry);
      continue;
    }
    const value = merge(earlier.value, entry.value, findings, [...path, key]);
    const keyAt = value === earlier.value || value.kind === 'map' ? earlier.keyAt : entry.keyAt;
    entries.set(key, { keyAt, value });
  }
  return { ...base, entries };
}

function mergeLists(base: SeqNode, over: SeqNode, path: Path): SeqNode {
  if (isReplaced(path)) return over;
  if (isChains(path)) return { ...base, items: mergeChains(base.items, over.items) };
  return { ...base, items: unique([...base.items, ...over.items], path), at: base.at };
}

/** Of items with the same key the last stays, at the place of the first. */
function unique(items: readonly TreeNode[], path: Path): TreeNode[] {
  const keyOf = uniqueKey(path);
  const byKey = new Map<string, TreeNode>();
  for (const [i, item] of items.entries()) byKey.set(keyOf(item) ?? `#${i}`, item);
  return [...byKey.values()];
}

/** A later file says anew what a chain is that an earlier one has. Two of one name in one file are an error that is found later. */
function mergeChains(base: readonly TreeNode[], over: readonly TreeNode[]): TreeNode[] {
  const nameOf = field('name');
  const known = new Set(base.map(nameOf));
  const anew = Map.groupBy(over, nameOf);
  return [
    ...base.flatMap((item) => anew.get(nameOf(item)) ?? item),
    ...over.filter((item) => !known.has(nameOf(item))),
  ];
}

function isChains(path: Path): boolean {
  return path.length === 2 && path[0] === 'x-heddle' && path[1] === 'chains';
}

/** By what the items of a list are the same; `undefined`: each is one of its own. */
function uniqueKey(path: Path): (item: TreeNode) => string | undefined {
  if (isExtension(path)) return () => undefined;
  const [section, , key, nested] = path;
  // Two hooks may be alike, and so may two words of one.
  if (section === 'services' && /^(post_start|pre_start|pre_stop)$/.test(String(key))) return () => undefined;
  if (section === 'services' && path.length === 3) {
    if (key === 'ports') return portKey;
    if (key === 'volumes' || key === 'devices') return field('target');
    if (key === 'configs' || key === 'secrets')
      return (item) => field('target')(item) ?? field('source')(item);
    if (key === 'env_file') return field('path');
    if (key === 'tmpfs') return (item) => textOf(item)?.split(':')[0];
  }
  if (section === 'networks' && key === 'ipam' && nested === 'config') return field('subnet');
  return textOf;
}

const field =
  (name: string) =>
  (item: TreeNode): string | undefined =>
    textOf(child(item, name));

function portKey(item: TreeNode): string | undefined {
  if (item.kind !== 'map') return undefined;
  const [ip, published, target, protocol = 'tcp'] = ['host_ip', 'published', 'target', 'protocol'].map(
    (name) => field(name)(item),
  );
  return `${ip ?? ''}:${published ?? ''}:${target}/${protocol}`;
}

/** A later file says a command, not more words of it. */
function isReplaced([section, , key, nested, ...inner]: Path): boolean {
  return (
    section === 'services' &&
    (key === 'command' ||
      key === 'entrypoint' ||
      (key === 'healthcheck' && nested === 'test') ||
      (key === 'x-heddle' && nested === 'function' && inner[0] === 'hooks' && inner[2] === 'command'))
  );
}

/** Where "nothing" is a value: a variable taken from outside, a command left to the image. */
function nullCounts(path: Path): boolean {
  const [section, , key] = path;
  if (section !== 'services') return false;
  if (path.length === 3) return key === 'command' || key === 'entrypoint';
  return path.length === 4 && key === 'environment';
}

function isLogging(path: Path): boolean {
  return path[0] === 'services' && path.length === 3 && path[2] === 'logging';
}

/** `flows: true` in one file, parameters in the next: the later is meant. */
function isFeature(path: Path): boolean {
  return path.at(-2) === 'manage' && path.includes('x-heddle');
}

function differs(base: MapNode, over: MapNode, key: string): boolean {
  const [a, b] = [textOf(child(base, key)), textOf(child(over, key))];
  return a !== undefined && b !== undefined && a !== b;
}

/** Takes out what `!reset` marks, forgets the tags, and joins items that are the same within one list. */
export function settle(node: TreeNode, path: Path = []): TreeNode {
  if (node.kind === 'map') {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of node.entries) {
      if (entry.value.tag === 'reset') continue;
      entries.set(key, { ...entry, value: settle(entry.value, [...path, key]) });
    }
    return { kind: 'map', entries, at: node.at };
  }
  if (node.kind === 'seq') {
    const items = node.items
      .filter((item) => item.tag !== 'reset')
      .map((item, i) => settle(item, [...path, i]));
    const whole = isReplaced(path) || path.length < 2;
    return { kind: 'seq', items: whole ? items : unique(items, path), at: node.at };
  }
  return node;
}

/** Below an `x-` key nothing is known about the items of a list. (A service may be called `x-…`.) */
function isExtension(path: Path): boolean {
  return path.some((step, i) => i !== 1 && String(step).startsWith('x-'));
}
