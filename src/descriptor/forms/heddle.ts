import { parseBoolean } from '../schema/units.ts';
import { child, mapOf, type TreeNode, withEntry } from '../tree.ts';
import { eachKey, type Form, inTurn } from './form.ts';
import { underKey } from './simple.ts';

/** `edge: true` publishes a service with nothing more to say, `edge: false` takes that of files before back. */
const edge: Form = (node) => {
  const written = child(node, 'edge');
  if (node.kind !== 'map' || written?.kind !== 'scalar' || written.tag !== undefined) return node;
  const wanted = typeof written.value === 'string' ? parseBoolean(written.value) : written.value;
  if (wanted === true) return withEntry(node, 'edge', mapOf({}, written.at));
  return wanted === false ? withEntry(node, 'edge', { ...written, tag: 'reset' } satisfies TreeNode) : node;
};

/** `x-heddle` of a service. `function: wire` is one of that mode. */
export const heddle: Form = inTurn(edge, eachKey({ function: underKey('mode') }));
