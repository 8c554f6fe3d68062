import type { KubernetesHost } from './kubernetes-host.ts';
import { endpoint, node, pod, service, slice } from './kubernetes-objects.ts';

/** Where a namespace of a real cluster has its objects. */
export const shop = {
  services: '/api/v1/namespaces/shop/services',
  pods: '/api/v1/namespaces/shop/pods',
  slices: '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
};
export const addresses = { kh1: '10.1.0.21', kb1: '10.2.0.21' } as const;
const sites = { kh1: 'helsinki', kb1: 'berlin' } as const;
export type NodeName = keyof typeof addresses;
const direct = { 'heddle.io/edge': '{ steer: direct, failover: 2 }' };
/** A custom resource has to say what it is. */
const kind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };

/** A shop in a real cluster: a node at each site, services, and pods of `web`, written by hand for want of who runs them. */
export class KubernetesShop {
  readonly #cluster: KubernetesHost;
  /** What Kubernetes knows the pods by. */
  readonly #uids = new Map<string, string>();

  constructor(cluster: KubernetesHost) {
    this.#cluster = cluster;
  }

  async open(): Promise<void> {
    for (const [name, address] of Object.entries(addresses)) {
      const annotations = { 'heddle.io/site': sites[name as NodeName] };
      await this.#cluster.make('/api/v1/nodes', node(name, { annotations }, address));
    }
    for (const on of ['kh1', 'kb1'] as const) await this.run(on);
    await this.publish('web');
    await this.#cluster.make(shop.services, service('secret', { annotations: {} }));
    for (const name of ['web', 'secret'])
      await this.#cluster.make(shop.slices, { ...kind, ...slice(name, '1', this.#pods()) });
  }

  /** Makes the pod of a node. */
  async run(on: NodeName): Promise<void> {
    const spec = { nodeName: on, containers: [{ name: 'web', image: 'web' }] };
    const { metadata, status } = pod(`web-${on}`);
    const { uid: _, ...rest } = metadata;
    await this.#cluster.make(shop.pods, { metadata: rest, spec, status });
    const made = await this.#cluster.ask<{ metadata: { uid: string } }>('GET', `${shop.pods}/web-${on}`);
    this.#uids.set(on, made.metadata.uid);
  }

  publish(name: string): Promise<void> {
    return this.#cluster.make(shop.services, service(name, { annotations: direct }));
  }

  /** A service with one copy. */
  async add(name: string, on: NodeName): Promise<void> {
    await this.publish(name);
    await this.#cluster.make(shop.slices, {
      ...kind,
      ...slice(name, '1', [endpoint(`${name}-0`, '10.244.3.1', on)]),
    });
  }

  async remove(name: string): Promise<void> {
    await this.#cluster.ask('DELETE', `${shop.services}/${name}`);
    await this.#cluster.ask('DELETE', `${shop.slices}/${name}-1`);
  }

  /** Writes which pods of `web` are ready, as who keeps the slices does. */
  ready(...on: readonly NodeName[]): Promise<void> {
    return this.#cluster.change(shop.slices, 'web-1', 'endpoints', () => this.#pods(on));
  }

  #pods(ready: readonly NodeName[] = ['kh1', 'kb1']) {
    return (['kh1', 'kb1'] as const).map((on, index) => ({
      ...endpoint(`web-${on}`, `10.244.${index}.5`, on, { ready: ready.includes(on) }),
      targetRef: { kind: 'Pod', name: `web-${on}`, uid: this.#uids.get(on) ?? '' },
    }));
  }
}
