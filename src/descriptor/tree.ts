import type { Location } from '../lib/errors.ts';

/** A YAML value that knows where it was written. Trees are never changed; every step makes a new one. */
export type TreeNode = ScalarNode | SeqNode | MapNode;
export type ScalarValue = string | number | boolean | null;
/** `!reset` and `!override`: what merging does with the value of earlier files. */
export type Tag = 'reset' | 'override';
export type Path = readonly (string | number)[];

interface Written {
  readonly at: Location;
  readonly tag?: Tag | undefined;
}
export interface ScalarNode extends Written {
  readonly kind: 'scalar';
  readonly value: ScalarValue;
}
export interface SeqNode extends Written {
  readonly kind: 'seq';
  readonly items: readonly TreeNode[];
}
export interface MapNode extends Written {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
}
/** A value of a map, with the place of its key. */
export interface Entry {
  readonly keyAt: Location;
  readonly value: TreeNode;
}

export function scalar(value: ScalarValue, at: Location): ScalarNode {
  return { kind: 'scalar', value, at };
}

/** A map made by Heddle out of a short form: keys and values stand where the short form stood. */
export function mapOf(values: Record<string, ScalarValue | TreeNode | undefined>, at: Location): MapNode {
  const entries = new Map<string, Entry>();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const node = typeof value === 'object' && value !== null ? value : scalar(value, at);
    entries.set(key, { keyAt: at, value: node });
  }
  return { kind: 'map', entries, at };
}

export function seqOf(items: readonly TreeNode[], at: Location): SeqNode {
  return { kind: 'seq', items, at };
}

/** The value under `key`, if the node is a map that has it. */
export function child(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** The entries of a map; nothing for any other node. */
export function entriesOf(node: TreeNode | undefined): [string, Entry][] {
  return node?.kind === 'map' ? [...node.entries] : [];
}

/** A string or number as text. */
export function textOf(node: TreeNode | undefined): string | undefined {
  if (node?.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') return undefined;
  return String(node.value);
}

export function isNull(node: TreeNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value === null;
}

/** The map with `key` set, or removed when `value` is undefined. */
export function withEntry(map: MapNode, key: string, value: TreeNode | undefined, keyAt?: Location): MapNode {
  const entries = new Map(map.entries);
  if (value === undefined) entries.delete(key);
  else entries.set(key, { keyAt: keyAt ?? map.entries.get(key)?.keyAt ?? value.at, value });
  return { ...map, entries };
}

/** The map with each value replaced; `undefined` removes the entry. */
export function mapValues(
  map: MapNode,
  change: (value: TreeNode, key: string) => TreeNode | undefined,
): MapNode {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of map.entries) {
    const value = change(entry.value, key);
    if (value !== undefined) entries.set(key, value === entry.value ? entry : { keyAt: entry.keyAt, value });
  }
  return { ...map, entries };
}

/** Fresh plain data. */
export function toPlain(node: TreeNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'seq') return node.items.map(toPlain);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, toPlain(value)]));
}

/** The place of the deepest key on `path` that exists. */
export function locateKey(root: TreeNode, path: Path): Location {
  return walk(root, path).keyAt;
}

/** The place of the value at `path`, or of the deepest key on it that exists. */
export function locateValue(root: TreeNode, path: Path): Location {
  const found = walk(root, path);
  return found.complete ? found.node.at : found.keyAt;
}

function walk(root: TreeNode, path: Path): { node: TreeNode; keyAt: Location; complete: boolean } {
  let node = root;
  let keyAt = root.at;
  for (const step of path) {
    if (node.kind === 'map') {
      const entry = node.entries.get(String(step));
      if (!entry) return { node, keyAt, complete: false };
      node = entry.value;
      keyAt = entry.keyAt;
    } else if (node.kind === 'seq') {
      const item = node.items[Number(step)];
      if (!item) return { node, keyAt, complete: false };
      node = item;
      keyAt = item.at;
    } else {
      return { node, keyAt, complete: false };
    }
  }
  return { node, keyAt, complete: true };
}

/** `services.web.ports[0]`, as messages begin. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    // Where a name ends, and what is in it, has to be seen.
    else if (!/^[^\s.\p{Cc}]+$/u.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
