import { parseBoolean } from '../schema/units.ts';
import { child, mapOf, type TreeNode, withEntry } from '../tree.ts';
import type { Form } from './form.ts';

/** `x-heddle` of a service: `edge: true` publishes it with nothing more to say, `edge: false` takes that of files before back. */
export const heddle: Form = (node) => {
  const edge = child(node, 'edge');
  if (node.kind !== 'map' || edge?.kind !== 'scalar' || edge.tag !== undefined) return node;
  const wanted = typeof edge.value === 'string' ? parseBoolean(edge.value) : edge.value;
  if (wanted === true) return withEntry(node, 'edge', mapOf({}, edge.at));
  return wanted === false ? withEntry(node, 'edge', { ...edge, tag: 'reset' } satisfies TreeNode) : node;
};
