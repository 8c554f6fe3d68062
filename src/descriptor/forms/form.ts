import type { Findings } from '../findings.ts';
import type { Path, TreeNode } from '../tree.ts';

/**
 * Turns a short form into the long one. A node whose type it does not know is handed back as it is: the
 * schema says what is wrong with it. `undefined` drops what was malformed and reported.
 */
export type Form = (node: TreeNode, path: Path, findings: Findings) => TreeNode | undefined;

/** Applies a form to each item of a list. */
export function eachItem(form: Form): Form {
  return (node, path, findings) => {
    if (node.kind !== 'seq') return node;
    const items = node.items.map((item, i) => form(item, [...path, i], findings));
    return { ...node, items: items.filter((item) => item !== undefined) };
  };
}

/** Applies a form to each value of a map. */
export function eachValue(form: Form): Form {
  return (node, path, findings) => {
    if (node.kind !== 'map') return node;
    const entries = new Map(node.entries);
    for (const [key, entry] of node.entries) {
      if (entry.value.tag === 'reset') continue;
      const value = form(entry.value, [...path, key], findings);
      if (value === undefined) entries.delete(key);
      else entries.set(key, { ...entry, value: { ...value, tag: entry.value.tag } });
    }
    return { ...node, entries };
  };
}

/** Applies forms to the keys named, where they are. */
export function eachKey(forms: Readonly<Record<string, Form>>): Form {
  return (node, path, findings) => {
    if (node.kind !== 'map') return node;
    const entries = new Map(node.entries);
    for (const [key, entry] of node.entries) {
      const form = Object.hasOwn(forms, key) ? forms[key] : undefined;
      // What `!reset` removes is not looked at.
      if (!form || entry.value.tag === 'reset') continue;
      const value = form(entry.value, [...path, key], findings);
      if (value === undefined) entries.delete(key);
      else entries.set(key, { ...entry, value: { ...value, tag: entry.value.tag } });
    }
    return { ...node, entries };
  };
}

/** One form after another. */
export function inTurn(...forms: readonly Form[]): Form {
  return (node, path, findings) => {
    let current: TreeNode | undefined = node;
    for (const form of forms) {
      if (current === undefined) return undefined;
      current = form(current, path, findings);
    }
    return current;
  };
}
