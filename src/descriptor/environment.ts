import type { Lookup } from './env/interpolate.ts';
import { displayPath, readEnvFile } from './project.ts';
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
  return withLabelFiles(withVariables(service, lookup, shop), lookup, shop);
}

function withVariables(service: MapNode, lookup: Lookup, shop: Workshop): MapNode {
  const files = child(service, 'env_file');
  const own = child(service, 'environment');
  const usable = own === undefined || own.kind === 'map' || isNull(own);
  if (!usable || (files?.kind !== 'seq' && !entriesOf(own).some(([, { value }]) => isNull(value)))) {
    return service;
  }
  const entries = new Map<string, Entry>();
  if (files?.kind === 'seq') for (const file of files.items) addFile(entries, file, lookup, shop);
  for (const [name, entry] of entriesOf(own)) entries.set(name, entry);
  for (const [name, entry] of entries) {
    if (!isNull(entry.value)) continue;
    const value = lookup(name);
    if (value === undefined) entries.delete(name);
    else entries.set(name, { ...entry, value: scalar(value, entry.value.at) });
  }
  const at = own?.at ?? files?.at ?? service.at;
  const keyAt = service.entries.get('environment')?.keyAt ?? service.entries.get('env_file')?.keyAt;
  return withEntry(service, 'environment', { kind: 'map', entries, at }, keyAt);
}

function addFile(into: Map<string, Entry>, file: TreeNode, lookup: Lookup, shop: Workshop): void {
  const path = textOf(child(file, 'path'));
  if (path === undefined) return;
  const required = child(file, 'required');
  const optional = required?.kind === 'scalar' && String(required.value) === 'false';
  const raw = textOf(child(file, 'format')) === 'raw';
  const label = displayPath(path, shop.cwd);
  const assignments = raw
    ? rawAssignments(path, shop)
    : readEnvFile(path, !optional, (name) => lookup(name) ?? textOf(into.get(name)?.value), shop, file.at);
  if (raw && !optional && assignments.length === 0 && !shop.read.exists(path)) {
    shop.findings.error('ERR_FILE_NOT_FOUND', `the environment file ${label} cannot be read`, file.at);
  }
  for (const { name, value, line } of assignments) {
    const at = { file: label, line, column: 1 };
    into.set(name, { keyAt: at, value: scalar(value ?? null, at) });
  }
}

/** `format: raw`: everything behind the first `=` is the value, whatever it is. */
function rawAssignments(path: string, shop: Workshop): { name: string; value?: string; line: number }[] {
  const lines = (shop.read.readFile(path) ?? '').split(/\r?\n/);
  return lines.flatMap((line, i) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return [];
    const cut = line.indexOf('=');
    if (cut === -1) return [{ name: line.trim(), line: i + 1 }];
    return [{ name: line.slice(0, cut).trim(), value: line.slice(cut + 1), line: i + 1 }];
  });
}

function withLabelFiles(service: MapNode, lookup: Lookup, shop: Workshop): MapNode {
  const files = child(service, 'label_file');
  if (files?.kind !== 'seq') return service;
  const own = child(service, 'labels');
  const entries = new Map<string, Entry>();
  for (const file of files.items) {
    const path = textOf(file);
    if (path === undefined) continue;
    for (const { name, value, line } of readEnvFile(path, true, lookup, shop, file.at)) {
      const at = { file: displayPath(path, shop.cwd), line, column: 1 };
      entries.set(name, { keyAt: at, value: scalar(value ?? '', at) });
    }
  }
  for (const [name, entry] of entriesOf(own)) entries.set(name, entry);
  return withEntry(service, 'labels', { kind: 'map', entries, at: own?.at ?? files.at });
}
