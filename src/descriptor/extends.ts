import { dirname, resolve } from 'node:path';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Location } from '../lib/errors.ts';
import { merge } from './merge.ts';
import { readSource, type Scope, type Workshop } from './source.ts';
import {
  child,
  entriesOf,
  type MapNode,
  mapValues,
  scalar,
  type TreeNode,
  textOf,
  withEntry,
} from './tree.ts';

/** The services of one file, and those already worked out. */
interface Family {
  readonly path: string;
  readonly services: MapNode;
  readonly scope: Scope;
  readonly done: Map<string, TreeNode>;
}

/** A service that is being worked out. */
interface Link {
  readonly family: Family;
  readonly service: string;
}

/** Replaces each `extends` of a file by what the service inherits. */
export function applyExtends(file: MapNode, path: string, scope: Scope, shop: Workshop): MapNode {
  const services = child(file, 'services');
  if (services?.kind !== 'map') return file;
  if (!entriesOf(services).some(([, { value }]) => child(value, 'extends'))) return file;
  const extender = new Extender(shop);
  const family = extender.addFamily(path, services, scope);
  const resolved = mapValues(services, (_, name) => extender.resolve({ family, service: name }));
  return withEntry(file, 'services', resolved);
}

class Extender {
  readonly #shop: Workshop;
  readonly #families = new Map<string, Family | undefined>();
  readonly #sizes = new WeakMap<TreeNode, number>();

  constructor(shop: Workshop) {
    this.#shop = shop;
  }

  addFamily(path: string, services: MapNode, scope: Scope): Family {
    const family = { path, services, scope, done: new Map<string, TreeNode>() };
    this.#families.set(path, family);
    return family;
  }

  /** The service with all it inherits. Without recursion: services may extend each other as often as the file is long. */
  resolve(asked: Link): TreeNode {
    const chain: Link[] = [];
    const places = new Map<string, number>();
    let base: TreeNode | undefined;
    for (let link: Link | undefined = asked; link; ) {
      const own = ownOf(link);
      const known = link.family.done.get(link.service);
      const wanted = child(own, 'extends');
      if (known || own.kind !== 'map' || !wanted) {
        base = known ?? own;
        break;
      }
      places.set(keyOf(link), chain.length);
      chain.push(link);
      link = this.#next(wanted, link, chain, places);
    }
    for (const link of chain.reverse()) base = this.#inherited(base, link);
    return base ?? ownOf(asked);
  }

  #inherited(base: TreeNode | undefined, link: Link): TreeNode {
    const own = ownOf(link);
    const rest = own.kind === 'map' ? withEntry(own, 'extends', undefined) : own;
    const { findings } = this.#shop;
    if (base) findings.spend('inherited values', this.#sizeOf(base), own.at);
    const result = base ? merge(base, rest, findings, ['services', link.service]) : rest;
    link.family.done.set(link.service, result);
    return result;
  }

  /** How many values a tree has; what several share is counted once for each. */
  #sizeOf(node: TreeNode): number {
    if (node.kind === 'scalar') return 1;
    const known = this.#sizes.get(node);
    if (known !== undefined) return known;
    const items = node.kind === 'seq' ? node.items : [...node.entries.values()].map(({ value }) => value);
    const size = items.reduce((sum, item) => sum + this.#sizeOf(item), 1);
    this.#sizes.set(node, size);
    return size;
  }

  /** The service that one extends; nothing when there is none, which is reported. */
  #next(
    wanted: TreeNode,
    { family, service }: Link,
    chain: readonly Link[],
    places: ReadonlyMap<string, number>,
  ): Link | undefined {
    const { findings } = this.#shop;
    const label = `services.${service}.extends`;
    const name = textOf(child(wanted, 'service'));
    const file = textOf(child(wanted, 'file'));
    if (name === undefined) {
      findings.error('ERR_COMPOSE_TYPE', `${label}: expected a service, or a map with "service"`, wanted.at);
      return undefined;
    }
    const other =
      file === undefined ? family : this.#open(resolve(family.scope.dir, file), family, wanted.at);
    if (!other) return undefined;
    const ring = places.get(keyOf({ family: other, service: name }));
    if (ring !== undefined) {
      const names = [...chain.slice(ring).map((link) => link.service), name].join(' → ');
      findings.error('ERR_DEPENDENCY_CYCLE', `${label}: services extend each other: ${names}`, wanted.at);
      return undefined;
    }
    if (!other.services.entries.has(name)) {
      const message = `${label}: there is no service "${name}" in ${other.services.at.file}`;
      const hint = didYouMean(name, other.services.entries.keys());
      findings.error('ERR_UNKNOWN_REFERENCE', message, child(wanted, 'service')?.at, hint);
      return undefined;
    }
    return { family: other, service: name };
  }

  /** Paths in an extended file start from its own folder. */
  #open(path: string, from: Family, at: Location): Family | undefined {
    if (this.#families.has(path)) return this.#families.get(path);
    const scope = { ...from.scope, dir: dirname(path) };
    const [first, ...more] = readSource(path, scope, this.#shop, at);
    const source = more.reduce<TreeNode | undefined>((a, b) => a && merge(a, b, this.#shop.findings), first);
    const services = child(source, 'services');
    if (services?.kind === 'map') return this.addFamily(path, services, scope);
    if (source) {
      const message = `there are no services to extend in ${source.at.file}`;
      this.#shop.findings.error('ERR_UNKNOWN_REFERENCE', message, at);
    }
    this.#families.set(path, undefined);
    return undefined;
  }
}

function ownOf({ family, service }: Link): TreeNode {
  return child(family.services, service) ?? scalar(null, family.services.at);
}

function keyOf({ family, service }: Link): string {
  return `${service}\0${family.path}`;
}
