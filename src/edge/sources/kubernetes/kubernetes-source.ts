import type { Cluster } from '../../../engines/kubernetes/cluster.ts';
import { type Followed, follow, type Pauses, usualPauses } from '../../../engines/kubernetes/follow.ts';
import { withRemedy } from '../../../engines/kubernetes/remedy.ts';
import type { Notice, Source, SourceSink } from '../source.ts';
import { ClusterModel } from './cluster-model.ts';
import { type ClusterObjects, type Kind, keyOf } from './objects.ts';
import { ServiceEvents } from './service-events.ts';

/** Where the API has what is looked at. */
export const paths: Readonly<Record<Kind, string>> = {
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  nodes: '/api/v1/nodes',
  pods: '/api/v1/pods',
};
const kinds = Object.keys(paths) as Kind[];
const ofService = 'Service ';

/** The services of one Kubernetes cluster that their owners published. */
export class KubernetesSource implements Source {
  readonly name: string;
  readonly #cluster: Followed;
  readonly #events: ServiceEvents;
  readonly #pauses: Pauses;
  readonly #model: ClusterModel;
  readonly #closed = new AbortController();
  /** Kinds that have not been listed yet. */
  readonly #missing = new Set<Kind>(kinds);
  /** Kinds that are not heard now. */
  readonly #problems = new Set<Kind>();
  #trouble: { readonly kind: Kind; readonly message: string } | undefined;
  #followed: Promise<unknown> = Promise.resolve();
  #sink: SourceSink | undefined;
  #isPlanned = false;
  #isSynced = false;

  /** @param site of all its nodes that do not say otherwise */
  constructor(name: string, cluster: Followed & Pick<Cluster, 'ask'>, site?: string, pauses = usualPauses) {
    this.name = `kubernetes ${name}`;
    this.#cluster = cluster;
    this.#pauses = pauses;
    this.#model = new ClusterModel(site);
    this.#events = new ServiceEvents(cluster, (problem) => this.#sink?.remark?.(problem));
  }

  start(sink: SourceSink): void {
    this.#sink = sink;
    this.#followed = Promise.all(kinds.map((kind) => this.#follow(kind)));
  }

  /** Tells owners of Services, by events there. */
  notify(notices: ReadonlyMap<string, readonly Notice[]>): void {
    const known = [...notices].flatMap(([origin, all]) => {
      if (!origin.startsWith(ofService)) return [];
      const key = origin.slice(ofService.length);
      const [namespace = '', name = ''] = key.split('/');
      const uid = this.#model.uidOf(key);
      return uid === undefined ? [] : [[{ namespace, name, uid }, all] as const];
    });
    this.#events.take(known);
  }

  async close(): Promise<void> {
    this.#sink = undefined;
    this.#events.close();
    this.#closed.abort();
    await this.#followed;
  }

  #follow<K extends Kind>(kind: K): Promise<void> {
    const model = this.#model;
    const follower = {
      replace: (objects: readonly ClusterObjects[K][]) => {
        model.replace(kind, objects);
        this.#missing.delete(kind);
        this.#plan();
      },
      set: (before: ClusterObjects[K]) => {
        model.set(kind, keyOf(before), before);
        this.#plan();
      },
      remove: (before: ClusterObjects[K]) => {
        model.set(kind, keyOf(before), undefined);
        this.#plan();
      },
      trouble: (problem: Error | undefined) => this.#note(kind, problem),
    };
    return follow(this.#cluster, paths[kind], follower, this.#closed.signal, this.#pauses);
  }

  /** Events that came together are told together: a rollout changes many objects at once. */
  #plan(): void {
    if (this.#isPlanned || this.#missing.size > 0) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#publish();
    });
  }

  #publish(): void {
    const change = this.#model.changes();
    if (change.size === 0 && this.#isSynced) return;
    this.#isSynced = true;
    this.#sink?.change(change);
  }

  /** What is wrong with several kinds at once mostly is one thing: it is told of one, and again when that has another reason. */
  #note(kind: Kind, problem: Error | undefined): void {
    if (!problem) {
      if (!this.#problems.delete(kind) || this.#problems.size > 0) return;
      this.#trouble = undefined;
      this.#sink?.trouble(undefined);
      return;
    }
    const message = withRemedy(problem);
    this.#problems.add(kind);
    const before = this.#trouble;
    if (before && this.#problems.has(before.kind) && (before.kind !== kind || before.message === message))
      return;
    this.#trouble = { kind, message };
    this.#sink?.trouble(`${paths[kind]}: ${message}`);
  }
}
