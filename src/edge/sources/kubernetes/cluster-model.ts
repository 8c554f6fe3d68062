import { Uses } from '../../../lib/uses.ts';
import type { SourceChange, SourceObject } from '../source.ts';
import type { PodFacts } from './copies.ts';
import { nodeOf } from './node.ts';
import {
  type ClusterObjects,
  type EndpointSlice,
  type Kind,
  keyOf,
  type Pod,
  type Service,
} from './objects.ts';
import { publishKey, serviceOf } from './service.ts';

const serviceNameKey = 'kubernetes.io/service-name';

/**
 * What the objects of one cluster stand for at the edge, kept up to date: a change of one object costs the services that
 * have to do with it, however many there are. Objects in, what is different out; does no I/O and knows no time.
 */
export class ClusterModel {
  readonly #site: string | undefined;
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice>();
  /** Keys of slices by the service that they are of. */
  readonly #slicesOf = new Map<string, Set<string>>();
  readonly #nodes = new Map<string, SourceObject>();
  readonly #pods = new Map<string, PodFacts>();
  /** Pods that went, as long as slices still name them. */
  readonly #gone = new Set<string>();
  /** Which services looked at which nodes and pods. */
  readonly #uses = new Uses();
  readonly #dirtyServices = new Set<string>();
  readonly #dirtyNodes = new Set<string>();
  readonly #told = new Map<string, string>();

  /** @param site of all nodes of the cluster that do not say otherwise */
  constructor(site?: string) {
    this.#site = site;
  }

  /** An object as it is now; nothing when it went. */
  set<K extends Kind>(kind: K, key: string, object: ClusterObjects[K] | undefined): void {
    this.#setters[kind](key, object);
  }

  /** All objects of a kind: those that are not among them went. */
  replace<K extends Kind>(kind: K, objects: readonly ClusterObjects[K][]): void {
    const now = new Map(objects.map((object) => [keyOf(object), object]));
    for (const key of [...this.#keys(kind)]) if (!now.has(key)) this.set(kind, key, undefined);
    for (const [key, object] of now) this.set(kind, key, object);
  }

  /** What Kubernetes knows a service by that is looked at. */
  uidOf(service: string): string | undefined {
    return this.#services.get(service)?.metadata.uid;
  }

  /** What is told differently than at the last call. */
  changes(): SourceChange {
    const change = new Map<string, SourceObject | undefined>();
    const add = (origin: string, object: SourceObject | undefined) => {
      const text = object && JSON.stringify(object);
      if (text === this.#told.get(origin)) return;
      if (text === undefined) this.#told.delete(origin);
      else this.#told.set(origin, text);
      change.set(origin, object);
    };
    for (const name of this.#dirtyNodes) add(`Node ${name}`, this.#nodes.get(name));
    for (const key of this.#dirtyServices) add(`Service ${key}`, this.#translate(key));
    this.#dirtyNodes.clear();
    this.#dirtyServices.clear();
    this.#forget();
    return change;
  }

  readonly #setters: { readonly [K in Kind]: (key: string, object: ClusterObjects[K] | undefined) => void } =
    {
      services: (key, service) => {
        // Most services of a cluster are not published: nothing is kept of them.
        if (service?.metadata.annotations?.[publishKey] !== undefined) this.#services.set(key, service);
        else if (!this.#services.delete(key)) return;
        this.#dirtyServices.add(key);
      },
      endpointslices: (key, slice) => {
        const [before, now] = [this.#slices.get(key), slice].map((one) => one && ownerOf(one));
        if (before !== undefined) {
          const left = this.#slicesOf.get(before);
          left?.delete(key);
          if (left?.size === 0) this.#slicesOf.delete(before);
          this.#touch(before);
        }
        if (!slice || now === undefined) {
          this.#slices.delete(key);
          return;
        }
        this.#slices.set(key, slice);
        this.#slicesOf.set(now, (this.#slicesOf.get(now) ?? new Set()).add(key));
        this.#touch(now);
      },
      nodes: (key, node) => {
        const before = this.#nodes.get(key)?.node?.name;
        const object = node && nodeOf(node, this.#site);
        if (object) this.#nodes.set(key, object);
        else this.#nodes.delete(key);
        this.#dirtyNodes.add(key);
        if (before !== object?.node?.name)
          for (const user of this.#uses.usersOf(`Node ${key}`)) this.#touch(user);
      },
      pods: (key, pod) => {
        const before = this.#pods.get(key);
        // A slice may name it for longer, and would bring it back.
        const now = pod ? factsOf(pod) : before && { ...before, gone: true };
        if (!now) return;
        this.#pods.set(key, now);
        if (!pod) this.#gone.add(key);
        else this.#gone.delete(key);
        if (JSON.stringify(before) !== JSON.stringify(now))
          for (const user of this.#uses.usersOf(`Pod ${key}`)) this.#touch(user);
      },
    };

  #forget(): void {
    for (const key of this.#gone) {
      if (!this.#uses.usersOf(`Pod ${key}`)[Symbol.iterator]().next().done) continue;
      this.#gone.delete(key);
      this.#pods.delete(key);
    }
  }

  #keys(kind: Kind): Iterable<string> {
    const stores = {
      services: this.#services,
      endpointslices: this.#slices,
      nodes: this.#nodes,
      pods: this.#pods,
    };
    return stores[kind].keys();
  }

  #touch(service: string): void {
    if (this.#services.has(service)) this.#dirtyServices.add(service);
  }

  #translate(key: string): SourceObject | undefined {
    const service = this.#services.get(key);
    const used = new Set<string>();
    const slices = [...(this.#slicesOf.get(key) ?? [])]
      .sort()
      .flatMap((slice) => this.#slices.get(slice) ?? []);
    const object =
      service &&
      serviceOf(service, slices, {
        node: (name) => {
          used.add(`Node ${name}`);
          return this.#nodes.get(name)?.node?.name;
        },
        pod: (namespace, name) => {
          used.add(`Pod ${namespace}/${name}`);
          return this.#pods.get(`${namespace}/${name}`);
        },
      });
    this.#uses.set(key, used);
    return object;
  }
}

/** The service that a slice is of: its label says so, never its name. */
function ownerOf({ metadata: { namespace = 'default', labels } }: EndpointSlice): string | undefined {
  const name = labels?.[serviceNameKey];
  return name === undefined ? undefined : `${namespace}/${name}`;
}

function factsOf(pod: Pod): PodFacts {
  const { metadata, spec, status } = pod;
  const readiness = status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    uid: metadata.uid,
    node: spec?.nodeName,
    ready: readiness?.status !== 'False',
    ending: metadata.deletionTimestamp !== undefined,
    gone: hasEnded(pod),
  };
}

/** Whether nothing of it runs, and nothing will again: it is there for a second or two longer than its containers. */
function hasEnded({ metadata, status }: Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  const containers = status?.containerStatuses ?? [];
  const isOver = containers.length > 0 && containers.every(({ state }) => state?.terminated !== undefined);
  return metadata.deletionTimestamp !== undefined && isOver;
}
