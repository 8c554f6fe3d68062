import path from 'node:path';
import type { Service, WatchRule } from '../../descriptor/application.ts';

/** A path of this host that something happened to. */
export interface Change {
  readonly path: string;
  /** Whether it is there now. */
  readonly exists: boolean;
}

/** A file or folder that goes into a service's containers, or is removed there. */
export interface Sync {
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly removed: boolean;
}

/** What changes call for, once for each service. */
export interface Work {
  readonly syncs: readonly Sync[];
  readonly rebuild: readonly string[];
  readonly restart: readonly string[];
  readonly exec: readonly { readonly service: string; readonly rule: WatchRule }[];
}

/** What editors and version control leave beside files, for a moment. */
const passing = ['.git', '**/*~', '**/.*.sw?', '**/.*.swx', '**/4913', '**/.#*', '**/#*#', '**/.DS_Store'];

/**
 * What changes call for: a service that is rebuilt needs no more, since its containers are made anew. `ignored`: patterns
 * of the service's `.dockerignore`. Pure.
 */
export function workFor(
  changes: readonly Change[],
  services: readonly Pick<Service, 'name' | 'watch'>[],
  ignored: (service: string) => readonly string[] = () => [],
): Work {
  const syncs: Sync[] = [];
  const [rebuild, restart] = [new Set<string>(), new Set<string>()];
  const exec = new Map<WatchRule, string>();
  const rules = services.flatMap(({ name, watch = [] }) => watch.map((rule) => ({ name, rule })));
  for (const { name, rule } of rules) {
    const concerned = changes.filter((change) => concerns(rule, change.path, ignored(name)));
    if (concerned.length === 0) continue;
    if (rule.action === 'rebuild') rebuild.add(name);
    if (rule.action.endsWith('restart')) restart.add(name);
    if (rule.action === 'sync+exec') exec.set(rule, name);
    if (rule.action.startsWith('sync')) syncs.push(...concerned.map((change) => syncOf(name, rule, change)));
  }
  const others = ({ service }: { readonly service: string }) => !rebuild.has(service);
  return {
    syncs: syncs.filter(others),
    rebuild: [...rebuild],
    restart: [...restart].filter((service) => !rebuild.has(service)),
    exec: [...exec].map(([rule, service]) => ({ service, rule })).filter(others),
  };
}

/** Whether a rule is about a path. */
export function concerns(rule: WatchRule, changed: string, ignored: readonly string[] = []): boolean {
  const inside = path.relative(rule.path, changed);
  if (inside.startsWith('..') || path.isAbsolute(inside)) return false;
  // The rule names a file.
  if (inside === '') return true;
  if (isMatched(inside, [...passing, ...ignored, ...rule.ignore])) return false;
  return rule.include.length === 0 || isMatched(inside, rule.include);
}

/** As a `.dockerignore` says: a pattern holds for what is below, and a later one with `!` takes back. */
export function isMatched(inside: string, patterns: readonly string[]): boolean {
  const parts = inside.split('/');
  const ways = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  let matched = false;
  for (const written of patterns) {
    const back = written.startsWith('!');
    const pattern = (back ? written.slice(1) : written).replace(/^(\.?\/)+|\/+$/g, '');
    if (pattern === '' || !ways.some((way) => pattern === '.' || path.matchesGlob(way, pattern))) continue;
    matched = !back;
  }
  return matched;
}

function syncOf(service: string, rule: WatchRule, { path: from, exists }: Change): Sync {
  const inside = path.relative(rule.path, from).split(path.sep).join('/');
  return { service, from, to: path.posix.join(rule.target ?? '/', inside), removed: !exists };
}
