import { applyExtends } from './extends.ts';
import { applyInclude } from './include.ts';
import { merge } from './merge.ts';
import { type LoadFiles, readSource } from './source.ts';
import type { MapNode } from './tree.ts';

/** Several files as one tree: each complete in itself first, then laid over the ones before it; documents of one file likewise. */
export const loadFiles: LoadFiles = (paths, scope, shop, chain = [], askedAt) => {
  let merged: MapNode | undefined;
  for (const path of paths) {
    let file: MapNode | undefined;
    for (const document of readSource(path, scope, shop, askedAt)) {
      const extended = applyExtends(document, path, scope, shop);
      file = file === undefined ? extended : (merge(file, extended, shop.findings) as MapNode);
    }
    if (!file) continue;
    const complete = applyInclude(file, path, scope, shop, chain, loadFiles);
    merged = merged === undefined ? complete : (merge(merged, complete, shop.findings) as MapNode);
  }
  return merged;
};
