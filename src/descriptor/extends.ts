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
  const resolved = mapValues(services, (_, name) => extender.resolve({ family, service: name }, []));
  return withEntry(file, 'services', resolved);
}

class Extender {
  readonly #shop: Workshop;
  readonly #families = new Map<string, Family | undefined>();

  constructor(shop: Workshop) {
    this.#shop = shop;
  }

  addFamily(path: string, services: MapNode, scope: Scope): Family {
    const family = { path, services, scope, done: new Map<string, TreeNode>() };
    this.#families.set(path, family);
    return family;
  }

  /** The service with all it inherits. `chain`: the services that asked for it. */
  resolve(link: Link, chain: readonly Link[]): TreeNode {
    const { family, service } = link;
    const known = family.done.get(service);
    if (known) return known;
    const own = child(family.services, service) ?? scalar(null, family.services.at);
    const wanted = child(own, 'extends');
    if (own.kind !== 'map' || !wanted) return own;
    const rest = withEntry(own, 'extends', undefined);
    const base = this.#base(wanted, link, [...chain, link]);
    const { findings } = this.#shop;
    const result = base === undefined ? rest : merge(base, rest, findings, ['services', service]);
    family.done.set(service, result);
    return result;
  }

  #base(wanted: TreeNode, { family, service }: Link, chain: readonly Link[]): TreeNode | undefined {
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
    const ring = chain.findIndex((link) => link.family === other && link.service === name);
    if (ring !== -1) {
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
    return this.resolve({ family: other, service: name }, chain);
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
