import type { ObservedContainer } from '../../src/engines/observed.ts';
import { label } from '../../src/lib/labels.ts';
import type { Desired } from '../../src/node/desired.ts';
import type { DeploymentSpec, PodSpec, PublishedService } from '../../src/selector/spec.ts';

// For tests: an application of which one service is published, and its containers.

export const published: PublishedService = {
  service: 'web',
  name: 'web',
  namespace: 'shop',
  explicit: false,
  ports: [{ name: 'http', port: 80, target: 8080, protocol: 'tcp', application: 'http' }],
  steer: 'gateway',
  failover: 5,
  policy: { pin: [], exclude: [], weights: {}, by: 'delay' },
};

/** A project whose service `web` has so many replicas. */
export function desired(replicas: number, rest: Partial<Desired> = {}): Desired {
  const pods = Array.from({ length: replicas }, (_, index) => podSpec(`shop-web-${index + 1}`));
  const spec: DeploymentSpec = {
    project: 'shop',
    source: { dir: '/', files: [] },
    images: {},
    networks: [],
    volumes: [],
    pods,
    features: [],
    edge: [published],
  };
  return { spec, stopped: [], settled: true, ...rest };
}

export function podSpec(name: string, sandbox: Partial<PodSpec['sandbox']> = {}): PodSpec {
  const own = {
    kind: 'own',
    name: `${name}.sandbox`,
    image: 'holder',
    networks: [{ network: 'shop_default', aliases: [] }],
    ports: [],
    extraHosts: [],
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    sysctls: {},
  } as const;
  return {
    name,
    role: 'service',
    service: 'web',
    sandbox: { ...own, ...sandbox } as PodSpec['sandbox'],
    containers: [],
    path: [],
  };
}

/** The two containers of a replica, at 10.89.0.N. */
export function replica(index: number, rest: Partial<ObservedContainer> = {}): ObservedContainer[] {
  const pod = `shop-web-${index}`;
  const common = {
    image: 'web',
    imageId: 'web',
    state: 'running',
    ports: [],
    networks: [],
  } as const;
  const labels = { [label.project]: 'shop', [label.pod]: pod, [label.service]: 'web' };
  return [
    {
      ...common,
      id: `${pod}.sandbox`,
      name: `${pod}.sandbox`,
      labels: { ...labels, [label.role]: 'sandbox' },
      networks: [{ network: 'shop_default', ipv4: `10.89.0.${index}` }],
    },
    { ...common, id: pod, name: pod, labels: { ...labels, [label.role]: 'application' }, ...rest },
  ];
}
