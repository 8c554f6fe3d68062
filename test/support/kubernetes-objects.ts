// For tests: objects as a cluster with two networks has them.
import type {
  Endpoint,
  EndpointSlice,
  Node,
  Pod,
  Service,
} from '../../src/edge/sources/kubernetes/objects.ts';

export function service(
  name: string,
  { annotations, ...spec }: { annotations?: Record<string, string> } & Service['spec'] = {},
): Service {
  return {
    metadata: { name, namespace: 'shop', annotations: annotations ?? { 'heddle.io/edge': 'true' } },
    spec: {
      type: 'ClusterIP',
      ipFamilies: ['IPv4'],
      ports: [{ name: 'http', port: 80, protocol: 'TCP', appProtocol: 'http' }],
      ...spec,
    },
  };
}

export function slice(
  of: string,
  suffix: string,
  endpoints: readonly Endpoint[],
  rest: Partial<EndpointSlice> = {},
): EndpointSlice {
  return {
    metadata: {
      name: `${of}-${suffix}`,
      namespace: 'shop',
      labels: {
        'kubernetes.io/service-name': of,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints,
    ...rest,
  };
}

export function endpoint(
  pod: string,
  address: string,
  node: string,
  conditions: Endpoint['conditions'] = {},
): Endpoint {
  return {
    addresses: [address],
    conditions: { ready: true, serving: true, terminating: false, ...conditions },
    nodeName: node,
    targetRef: { kind: 'Pod', name: pod, uid: `uid-${pod}` },
  };
}

export function node(name: string, rest: Partial<Node['metadata']> = {}, ...addresses: string[]): Node {
  return {
    metadata: { name, labels: { 'topology.kubernetes.io/zone': 'berlin' }, ...rest },
    status: {
      addresses: [
        ...(addresses.length > 0 ? addresses : ['10.2.0.11']).map((address) => ({
          type: 'InternalIP',
          address,
        })),
        { type: 'ExternalIP', address: '198.51.100.7' },
        { type: 'Hostname', address: name },
      ],
    },
  };
}

export function pod(name: string, { ready = true, ending = false, uid = `uid-${name}` } = {}): Pod {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid,
      ...(ending && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { nodeName: 'b1' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}
