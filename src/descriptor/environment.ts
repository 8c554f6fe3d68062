import { displayPath } from './display-path.ts';
import type { Lookup } from './env/interpolate.ts';
import { readEnvFile } from './env-file.ts';
import type { Workshop } from './source.ts';
import {
  child,
  type Entry,
  entriesOf,
  isNull,
  type MapNode,
  scalar,
  type TreeNode,
  textOf,
  withEntry,
} from './tree.ts';

/**
 * A service with its variables complete: `env_file` read, below what `environment` says, and names without a
 * value taken from outside, or left out. The same for `label_file`.
 */
export function withEnvironment(service: MapNode, lookup: Lookup, shop: Workshop): MapNode {
  return withLabelFiles(withVariables(service, lookup, shop), shop);
}

function withVariables(service: MapNode, lookup: Lookup, shop: Workshop): MapNode {
  const files = child(service, 'env_file');
  const own = child(service, 'environment');
  const usable = own === undefined || own.kind === 'map' || isNull(own);
  if (!usable || (files?.kind !== 'seq' && !entriesOf(own).some(([, { value }]) => isNull(value)))) {
    return service;
  }
  const entries = new Map<string, Entry>();
  if (files?.kind === 'seq') {
    for (const file of files.items) {
      const outside = shop.lookups.get(file.at) ?? lookup;
      const seen: Lookup = (name) =>
        outside(name) ?? textOf(child(own, name)) ?? textOf(entries.get(name)?.value);
      addFile(entries, file, seen, shop);
    }
  }
  for (const [name, entry] of entriesOf(own)) entries.set(name, entry);
  for (const [name, entry] of entries) {
    if (!isNull(entry.value)) continue;
    const value = (shop.lookups.get(entry.value.at) ?? lookup)(name);
    if (value === undefined) entries.delete(name);
    else entries.set(name, { ...entry, value: scalar(value, entry.value.at) });
  }
  const at = own?.at ?? files?.at ?? service.at;
  const keyAt = service.entries.get('environment')?.keyAt ?? service.entries.get('env_file')?.keyAt;
  return withEntry(service, 'environment', { kind: 'map', entries, at }, keyAt);
}

/** Variables of the project come first, then those of the service, then those of files before. */
function addFile(into: Map<string, Entry>, file: TreeNode, lookup: Lookup, shop: Workshop): void {
  const path = textOf(child(file, 'path'));
  if (path === undefined) return;
  const written = child(file, 'required');
  const required = !(written?.kind === 'scalar' && String(written.value) === 'false');
  const raw = textOf(child(file, 'format')) === 'raw';
  for (const { name, value, line } of readEnvFile(path, { required, lookup, raw, askedAt: file.at }, shop)) {
    const at = { file: displayPath(path, shop.cwd), line, column: 1 };
    into.set(name, { keyAt: at, value: scalar(value ?? null, at) });
  }
}

/** Variables in a label file are those that it sets itself, as in Compose. */
function withLabelFiles(service: MapNode, shop: Workshop): MapNode {
  const files = child(service, 'label_file');
  if (files?.kind !== 'seq') return service;
  const own = child(service, 'labels');
  const entries = new Map<string, Entry>();
  for (const file of files.items) {
    const path = textOf(file);
    if (path === undefined) continue;
    const options = { required: true, lookup: () => undefined, kind: 'label', askedAt: file.at } as const;
    for (const { name, value, line } of readEnvFile(path, options, shop)) {
      const at = { file: displayPath(path, shop.cwd), line, column: 1 };
      entries.set(name, { keyAt: at, value: scalar(value ?? '', at) });
    }
  }
  for (const [name, entry] of entriesOf(own)) entries.set(name, entry);
  return withEntry(service, 'labels', { kind: 'map', entries, at: own?.at ?? files.at });
}
