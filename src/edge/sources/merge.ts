import { isDeepStrictEqual } from 'node:util';
import { didYouMean } from '../../lib/did-you-mean.ts';
import {
  type EdgeNode,
  type EdgePlaces,
  type EdgeService,
  type ModelChange,
  serviceKey,
} from '../model/model.ts';
import { type Claim, settle } from './claims.ts';
import type { SourceChange, SourceObject } from './source.ts';

/** What the edge file alone says. */
export type DeclaredPlaces = Omit<EdgePlaces, 'nodes'>;

/** What is wrong with an object of a source. */
export interface Fault {
  readonly source: string;
  readonly origin: string;
  readonly reason: string;
  /** Whether what it stands for is there all the same, without what is wrong. */
  readonly isPublished: boolean;
}

interface Entry {
  readonly source: string;
  readonly origin: string;
  readonly object: SourceObject;
}

/**
 * What several sources tell, as one model. A change of one object costs what shares its name, whatever else there is; a
 * change of sites or nodes is seldom, and costs all. Does no I/O. A name that several claim stays with who had it; the result
 * does not depend on the order of what it heard otherwise.
 */
export class Merge {
  readonly #order: readonly string[];
  #places: DeclaredPlaces;
  #nodes: Readonly<Record<string, EdgeNode>> = {};
  readonly #entries = new Map<string, Entry>();
  readonly #nodeEntries = new Set<string>();
  /** Entries that claim a name, by it. */
  readonly #claims = new Map<string, Set<string>>();
  readonly #dirty = new Set<string>();
  /** The entry that has a name which others may claim as well, by it. */
  readonly #holders = new Map<string, string>();
  #revision = 0;
  /** Sources that told something. */
  readonly #synced = new Set<string>();
  /** What is wrong with claims to a name, by entry. */
  readonly #wrongServices = new Map<string, Map<string, string>>();
  /** Entries whose claim to a name another has. */
  readonly #refusedClaims = new Set<string>();
  #refusedNodes = new Map<string, string>();
  /** Nodes that are told of and not taken, as `source/name`. */
  #foreignNodes = new Set<string>();
  #problems = new Map<string, string>();
  #placesDirty = true;

  /** @param order names of the sources: the first is the operator's own, and has any name that it claims; of the others, who had it */
  constructor(order: readonly string[], places: DeclaredPlaces) {
    this.#order = order;
    this.#places = places;
  }

  setPlaces(places: DeclaredPlaces): void {
    if (isDeepStrictEqual(places, this.#places)) return;
    this.#places = places;
    this.#placesDirty = true;
    for (const key of this.#claims.keys()) this.#dirty.add(key);
  }

  apply(source: string, change: SourceChange): void {
    this.#synced.add(source);
    for (const [origin, object] of change) {
      const id = `${source}\n${origin}`;
      const before = this.#entries.get(id);
      if (object) this.#entries.set(id, { source, origin, object });
      else {
        this.#entries.delete(id);
        this.#refusedClaims.delete(id);
      }
      this.#setNode(id, before?.object.node, object?.node);
      this.#setClaim(id, before?.object, object);
      this.#setProblem(id, object?.problem);
    }
  }

  /** What is different since the last call. */
  changes(): ModelChange {
    const moved = this.#placesDirty;
    if (moved) this.#settleNodes();
    this.#placesDirty = false;
    const services = new Map<string, EdgeService | undefined>();
    for (const key of this.#dirty) services.set(key, this.#settle(key));
    this.#dirty.clear();
    return { ...(moved && { places: { ...this.#places, nodes: this.#nodes } }), services };
  }

  /** All that is wrong now, each with the object it is about. */
  faults(): Fault[] {
    const all = [this.#problems, this.#refusedNodes, ...this.#wrongServices.values()];
    return all.flatMap((map) => [...map].map(([id, reason]) => this.#fault(id, reason)));
  }

  /** The objects that a service is of. */
  originsOf(key: string): Pick<Fault, 'source' | 'origin'>[] {
    return [...(this.#claims.get(key) ?? [])].flatMap((id) => this.#entries.get(id) ?? []);
  }

  /** Another one when somebody else has a name. */
  get revision(): number {
    return this.#revision;
  }

  /** Who has names that several may claim, for another run. */
  kept(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#holders].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  recall(holders: Readonly<Record<string, string>>): void {
    this.#revision++;
    for (const [key, id] of Object.entries(holders)) {
      this.#holders.set(key, id);
      if (this.#claims.has(key)) this.#dirty.add(key);
    }
  }

  #fault(id: string, reason: string): Fault {
    const { source = '', origin = '', object } = this.#entries.get(id) ?? {};
    const key = object?.service && serviceKey(object.service);
    const isRefused = key !== undefined && this.#refusedClaims.has(id);
    const isPublished = key !== undefined && !isRefused;
    return { source, origin, reason, isPublished };
  }

  #setNode(id: string, before: EdgeNode | undefined, now: EdgeNode | undefined): void {
    if (now) this.#nodeEntries.add(id);
    else this.#nodeEntries.delete(id);
    if (JSON.stringify(before) !== JSON.stringify(now)) this.#placesDirty = true;
  }

  #setClaim(id: string, before: SourceObject | undefined, now: SourceObject | undefined): void {
    const [old, key] = [before?.service, now?.service].map((service) => service && serviceKey(service));
    if (old !== undefined && old !== key) {
      const claims = this.#claims.get(old);
      claims?.delete(id);
      if (claims?.size === 0) this.#claims.delete(old);
      this.#dirty.add(old);
    }
    if (key === undefined) return;
    this.#claims.set(key, (this.#claims.get(key) ?? new Set()).add(id));
    this.#dirty.add(key);
  }

  #setProblem(id: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(id);
    else this.#problems.set(id, problem);
  }

  #settle(key: string): EdgeService | undefined {
    const ids = new Map<Claim, string>();
    for (const id of this.#claims.get(key) ?? []) {
      const entry = this.#entries.get(id);
      const publication = entry?.object.service;
      if (!entry || !publication) continue;
      const { source, origin } = entry;
      const copies = publication.copies.filter(({ node }) => !this.#foreignNodes.has(`${source}/${node}`));
      ids.set({ source, origin, publication: { ...publication, copies } }, id);
    }
    const rank = (claim: Claim) => {
      if (claim.source === this.#order[0]) return 0;
      return ids.get(claim) === this.#holders.get(key) ? 1 : 2;
    };
    const inOrder = [...ids.keys()].sort((a, b) => this.#compare(a, b));
    const [first] = inOrder.toSorted((a, b) => rank(a) - rank(b));
    // Who had the name before the first is no matter to the others: their copies would be in another order the next time.
    const claims = first ? [first, ...inOrder.filter((claim) => claim !== first)] : [];
    const { service, refused } = settle(claims);
    this.#hold(key, claims[0] && ids.get(claims[0]));
    const wrong = new Map<string, string>();
    for (const [claim, id] of ids) {
      if (refused.has(claim)) this.#refusedClaims.add(id);
      else this.#refusedClaims.delete(id);
      const reason = refused.get(claim) ?? this.#strangeSites(claim);
      if (reason !== undefined) wrong.set(id, reason);
    }
    if (wrong.size === 0) this.#wrongServices.delete(key);
    else this.#wrongServices.set(key, wrong);
    return service;
  }

  /** Who had it and was not heard yet has it again when he is. */
  #hold(key: string, id: string | undefined): void {
    const [source = ''] = (this.#holders.get(key) ?? '').split('\n');
    if (this.#holders.has(key) && !this.#synced.has(source)) return;
    if (this.#holders.get(key) === id) return;
    this.#revision++;
    if (id === undefined) this.#holders.delete(key);
    else this.#holders.set(key, id);
  }

  /** A policy may name what is not there: that leads nobody anywhere, and is hardly meant. */
  #strangeSites({ publication: { policy } }: Claim): string | undefined {
    const named = [...policy.pin, ...policy.exclude, ...Object.keys(policy.weights)];
    const strange = named.filter((site) => !Object.hasOwn(this.#places.sites, site));
    return strange.length === 0
      ? undefined
      : `has a policy for ${strange.join(', ')}, and there is no such site`;
  }

  /** Nodes by name: the first of a name, at a site that there is. Who runs on another is not to be taken for its. */
  #settleNodes(): void {
    const nodes: Record<string, EdgeNode> = {};
    const owners = new Map<string, Entry>();
    const foreignNodes = new Set<string>();
    const refused = new Map<string, string>();
    const entries = [...this.#nodeEntries].flatMap((id) => this.#entries.get(id) ?? []);
    for (const entry of entries.sort((a, b) => this.#compare(a, b))) {
      const { node } = entry.object;
      if (!node) continue;
      const reason = this.#whyNoNode(node, owners.get(node.name));
      if (reason === undefined) {
        nodes[node.name] = node;
        owners.set(node.name, entry);
        foreignNodes.delete(`${entry.source}/${node.name}`);
      } else {
        refused.set(`${entry.source}\n${entry.origin}`, reason);
        if (owners.get(node.name)?.source !== entry.source) foreignNodes.add(`${entry.source}/${node.name}`);
      }
    }
    if ([...foreignNodes].sort().join() !== [...this.#foreignNodes].sort().join())
      for (const key of this.#claims.keys()) this.#dirty.add(key);
    this.#nodes = nodes;
    this.#foreignNodes = foreignNodes;
    this.#refusedNodes = refused;
  }

  #whyNoNode(node: EdgeNode, owner: Entry | undefined): string | undefined {
    if (owner) return `has the name ${node.name}, as has ${owner.origin} of ${owner.source}`;
    if (Object.hasOwn(this.#places.sites, node.site)) return undefined;
    const hint = didYouMean(node.site, Object.keys(this.#places.sites));
    return `is at "${node.site}", and there is no such site${hint === undefined ? '' : `; ${hint}`}`;
  }

  #compare(a: Pick<Claim, 'source' | 'origin'>, b: Pick<Claim, 'source' | 'origin'>): number {
    return this.#order.indexOf(a.source) - this.#order.indexOf(b.source) || (a.origin < b.origin ? -1 : 1);
  }
}
