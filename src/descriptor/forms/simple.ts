import {
  type Entry,
  formatPath,
  isNull,
  type MapNode,
  mapOf,
  type ScalarNode,
  scalar,
  seqOf,
  type TreeNode,
} from '../tree.ts';
import { eachItem, eachValue, type Form, inTurn } from './form.ts';
import { splitWords } from './words.ts';

/** `[A=1, B]` or `{A: 1, B: }` → the map. Numbers become text. */
export const keyValues: Form = (node, path, findings) => {
  if (node.kind === 'map') {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of node.entries) entries.set(key, { ...entry, value: numberAsText(entry.value) });
    return { ...node, entries };
  }
  if (node.kind !== 'seq') return node;
  const entries = new Map<string, Entry>();
  for (const [i, item] of node.items.entries()) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return node;
    const cut = item.value.indexOf('=');
    const key = cut === -1 ? item.value : item.value.slice(0, cut);
    if (key.trim() === '') {
      findings.error(
        'ERR_COMPOSE_TYPE',
        `${path.join('.')}[${i}]: "${item.value}" has no name before "="`,
        item.at,
      );
      continue;
    }
    const value = scalar(cut === -1 ? null : item.value.slice(cut + 1), item.at);
    entries.set(key, { keyAt: item.at, value });
  }
  return { kind: 'map', entries, at: node.at, tag: node.tag };
};

/** `true` where text is meant. */
export const booleanAsText: Form = (node) =>
  node.kind === 'scalar' && typeof node.value === 'boolean' ? { ...node, value: String(node.value) } : node;

const nothingAsText: Form = (node) => (isNull(node) ? scalar('', node.at) : node);

/** `keyValues` where a bare name stands for an empty text: labels, annotations. */
export const labelValues: Form = inTurn(keyValues, eachValue(inTurn(booleanAsText, nothingAsText)));

function numberAsText(node: TreeNode): TreeNode {
  if (node.kind !== 'scalar' || typeof node.value !== 'number') return node;
  return { ...node, value: String(node.value) };
}

/** A number where text is meant: `expose: [80]`, `published: 8080`. */
export const text: Form = (node) => numberAsText(node);

/** A single string where a list is meant. */
export const listOfOne: Form = (node) => {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  return { ...seqOf([scalar(node.value, node.at)], node.at), tag: node.tag };
};

/** Nothing where `${NAME:-}` left an empty text. */
export const unlessEmpty: Form = (node) => (node.kind === 'scalar' && node.value === '' ? undefined : node);

/** Without the items that `${NAME:-}` left empty, which are as good as not written. */
export const withoutEmpty: Form = (node) => {
  if (node.kind !== 'seq') return node;
  return { ...node, items: node.items.filter((item) => item.kind !== 'scalar' || item.value !== '') };
};

/** A list of words, or a single one; none where that is empty. */
export const filledList: Form = inTurn(listOfOne, withoutEmpty);

/** Items that may be numbers. */
export const textList: Form = inTurn(filledList, eachItem(text));

/** `[a, b]` → a map from each name to `make(name)`. */
export function namesToMap(make: (node: ScalarNode) => TreeNode): Form {
  return (node) => {
    if (node.kind !== 'seq') return node;
    const entries = new Map<string, Entry>();
    for (const item of node.items) {
      if (item.kind !== 'scalar' || typeof item.value !== 'string') return node;
      entries.set(item.value, { keyAt: item.at, value: make(item) });
    }
    return { kind: 'map', entries, at: node.at, tag: node.tag } satisfies MapNode;
  };
}

/** A string where a map is meant: `build: .` → `build: {context: .}`. */
export function underKey(key: string): Form {
  return (node) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
    return { ...mapOf({ [key]: node.value }, node.at), tag: node.tag };
  };
}

/** `command: "a b"` → its words, as a shell would split them. */
export const words: Form = (node, path, findings) => {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return eachItem(text)(node, path, findings);
  const split = splitWords(node.value);
  const label = formatPath(path);
  if (split === undefined) {
    const message = `${label}: a quote or a parenthesis is not closed, or a backslash ends the line, in "${node.value}"`;
    findings.error('ERR_COMPOSE_TYPE', message, node.at);
    return undefined;
  }
  if (split.leftOut !== undefined) {
    const message = `${label}: no shell reads this line, and as in Compose "${split.leftOut}" is left out`;
    const hint = 'write [sh, -c, "…"] for a shell, or put quotes around what is meant as it stands';
    findings.warn('WARN_COMPOSE_IGNORED', message, node.at, hint);
  }
  const items = split.words.map((word) => scalar(word, node.at));
  return { ...seqOf(items, node.at), tag: node.tag };
};
