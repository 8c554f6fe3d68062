import { applyExtends } from './extends.ts';
import { applyInclude } from './include.ts';
import { merge } from './merge.ts';
import { type LoadFiles, readSource } from './source.ts';
import type { MapNode } from './tree.ts';

/** Several files as one tree: each complete in itself first, then laid over the ones before it. */
export const loadFiles: LoadFiles = (paths, scope, shop, chain = [], askedAt) => {
  let merged: MapNode | undefined;
  for (const path of paths) {
    const source = readSource(path, scope, shop, askedAt);
    if (!source) continue;
    const extended = applyExtends(source, path, scope, shop);
    const complete = applyInclude(extended, path, scope, shop, chain, loadFiles);
    merged = merged === undefined ? complete : (merge(merged, complete, shop.findings) as MapNode);
  }
  return merged;
};
