import { parseBoolean } from '../schema/units.ts';
import { child, mapOf, type TreeNode, withEntry } from '../tree.ts';
import { eachKey, eachValue, type Form, inTurn } from './form.ts';
import { underKey } from './simple.ts';

/** `edge: true` publishes a service with nothing more to say, `edge: false` takes that of files before back. */
const edge: Form = (node) => {
  const written = child(node, 'edge');
  if (node.kind !== 'map' || written?.kind !== 'scalar' || written.tag !== undefined) return node;
  const wanted = typeof written.value === 'string' ? parseBoolean(written.value) : written.value;
  if (wanted === true) return withEntry(node, 'edge', mapOf({}, written.at));
  return wanted === false ? withEntry(node, 'edge', { ...written, tag: 'reset' } satisfies TreeNode) : node;
};

/** A list of words where a map is meant: `configure: [manager]` → `configure: {command: [manager]}`. */
const commandOf: Form = (node) => (node.kind === 'seq' ? mapOf({ command: node }, node.at) : node);

/** A function's hooks are commands where nothing else is said. */
const hooks: Form = eachKey({ hooks: eachValue(commandOf) });

/** `x-heddle` of a service. `function: wire` is one of that mode. */
export const heddle: Form = inTurn(edge, eachKey({ function: inTurn(underKey('mode'), hooks) }));
