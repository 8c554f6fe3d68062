import type { Findings } from '../findings.ts';
import { formatPath, mapValues, type Path, type ScalarNode, type TreeNode } from '../tree.ts';
import { interpolate, type Lookup } from './interpolate.ts';
import { TemplateError } from './template.ts';

/** Replaces the variables in every value of a tree (keys are left alone, as in Compose). */
export function interpolateTree(
  node: TreeNode,
  lookup: Lookup,
  findings: Findings,
  path: Path = [],
): TreeNode {
  switch (node.kind) {
    case 'map':
      return mapValues(node, (value, key) => interpolateTree(value, lookup, findings, [...path, key]));
    case 'seq':
      return {
        ...node,
        items: node.items.map((item, i) => interpolateTree(item, lookup, findings, [...path, i])),
      };
    default:
      return interpolateScalar(node, lookup, findings, path);
  }
}

function interpolateScalar(node: ScalarNode, lookup: Lookup, findings: Findings, path: Path): ScalarNode {
  if (typeof node.value !== 'string' || !node.value.includes('$')) return node;
  try {
    const value = interpolate(node.value, lookup, (name) => findings.unset(name, node.at));
    return { ...node, value };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const hint = error.message.includes('required') ? undefined : 'a "$" that is meant is written "$$"';
    findings.error('ERR_INTERPOLATION', `${formatPath(path)}: ${error.message}`, node.at, hint);
    return { ...node, value: '' };
  }
}
