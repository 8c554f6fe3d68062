import { isNull, mapOf, scalar } from '../tree.ts';
import { eachItem, eachKey, eachValue, type Form, inTurn } from './form.ts';
import { service, unfilledService } from './service.ts';
import { labelValues, listOfOne, underKey, unlessEmpty } from './simple.ts';

/** A key with nothing behind it: an empty map. */
const emptyMap: Form = (node) => (isNull(node) ? mapOf({}, node.at) : node);

/** The older `external: {name: x}` → `external: true` and `name: x`. */
const external: Form = (node) => {
  const written = node.kind === 'map' ? node.entries.get('external') : undefined;
  if (node.kind !== 'map' || written?.value.kind !== 'map') return node;
  const entries = new Map(node.entries);
  const name = written.value.entries.get('name');
  entries.set('external', { ...written, value: scalar(true, written.value.at) });
  if (name && !entries.has('name')) entries.set('name', name);
  return { ...node, entries };
};

const resource = inTurn(
  emptyMap,
  external,
  eachKey({ name: unlessEmpty, driver: unlessEmpty, labels: labelValues, driver_opts: labelValues }),
);

const include: Form = inTurn(
  listOfOne,
  eachItem(inTurn(underKey('path'), eachKey({ path: listOfOne, env_file: listOfOne }))),
);

const fileOf = (each: Form): Form =>
  eachKey({
    services: eachValue(each),
    networks: eachValue(resource),
    volumes: eachValue(resource),
    configs: eachValue(resource),
    secrets: eachValue(resource),
    include,
  });

/** All short forms of a Compose file. */
export const composeFile = fileOf(service);

/** The same for a file whose variables stand where they were written. */
export const unfilledFile = fileOf(unfilledService);
