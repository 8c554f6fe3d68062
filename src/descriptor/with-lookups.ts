import type { Location } from '../lib/errors.ts';
import type { Lookup } from './env/interpolate.ts';
import { child, isNull, type MapNode, mapValues, type TreeNode, withEntry } from './tree.ts';

/**
 * Notes which variables hold for what is read or looked up once all files are merged: environment files, and variables that
 * are taken from outside. What an `include` sets holds in the services that it includes.
 */
export function withLookups(
  file: MapNode,
  lookup: Lookup,
  { lookups }: { readonly lookups: WeakMap<Location, Lookup> },
): MapNode {
  const services = child(file, 'services');
  if (services?.kind !== 'map') return file;
  // A place of its own: the same text may be read again with other variables.
  const noted = (node: TreeNode): TreeNode => {
    const at = { ...node.at };
    lookups.set(at, lookup);
    return { ...node, at };
  };
  const complete = (service: TreeNode): TreeNode => {
    if (service.kind !== 'map') return service;
    let result = service;
    const files = child(service, 'env_file');
    if (files?.kind === 'seq')
      result = withEntry(result, 'env_file', { ...files, items: files.items.map(noted) });
    const own = child(service, 'environment');
    if (own?.kind === 'map') {
      const values = mapValues(own, (value) => (isNull(value) ? noted(value) : value));
      result = withEntry(result, 'environment', values);
    }
    return result;
  };
  return withEntry(file, 'services', mapValues(services, complete));
}
