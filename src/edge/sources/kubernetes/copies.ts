import type { Copy, EdgePort } from '../../model/model.ts';
import type { Endpoint, EndpointSlice, Service } from './objects.ts';

/** What is lookup a service: what it names of nodes and pods. */
export interface ClusterLookup {
  /** The edge's name of a node; nothing if the node is not there, or stands for none. */
  node(name: string): string | undefined;
  pod(namespace: string, name: string): PodFacts | undefined;
}

/** What is kept of a pod. */
export interface PodFacts {
  readonly uid: string | undefined;
  readonly node: string | undefined;
  readonly ready: boolean;
  /** Asked to end. */
  readonly ending: boolean;
  /** Ended. */
  readonly gone: boolean;
}

/** One endpoint of one slice, with what the slice says for all of its own. */
interface SlicedEndpoint {
  readonly endpoint: Endpoint;
  readonly slice: EndpointSlice;
}

/**
 * The copies of a service from its slices. An endpoint may be in several of them at once, while it is moved (EndpointSlices,
 * "Duplicate endpoints"), and a pod with two families always is; it is one copy, at its address of the service's first family.
 */
export function copiesOf(
  service: Service,
  ports: readonly EdgePort[],
  slices: readonly EndpointSlice[],
  lookup: ClusterLookup,
): { copies: Copy[]; problems: string[] } {
  const problems = new Set<string>();
  const slicedEndpoints = slices.flatMap((slice) =>
    (slice.endpoints ?? []).map((endpoint): SlicedEndpoint => ({ endpoint, slice })),
  );
  const copies = [...Map.groupBy(slicedEndpoints, idOf)].flatMap(([id, all]) => {
    const family = preferred(service, all);
    if (!family) {
      problems.add(`has the endpoint ${id}, which has no IP address, and is left out`);
      return [];
    }
    const copy = copyOf(id, family, service, ports, lookup);
    if (typeof copy !== 'string') return copy;
    problems.add(copy);
    return [];
  });
  copies.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { copies, problems: [...problems].sort() };
}

/** The pod, or what has no pod by its address. */
function idOf({ endpoint: { targetRef, addresses } }: SlicedEndpoint): string {
  return targetRef?.kind === 'Pod' && targetRef.name ? targetRef.name : (addresses[0] ?? '');
}

/** The endpoints of one copy in the first of the service's families that it has an address of. */
function preferred(
  { spec }: Service,
  slicedEndpoints: readonly SlicedEndpoint[],
): [SlicedEndpoint, ...SlicedEndpoint[]] | undefined {
  const families = new Set([...(spec?.ipFamilies ?? []), 'IPv4', 'IPv6']);
  for (const family of families) {
    const [first, ...rest] = slicedEndpoints
      .filter(({ slice, endpoint }) => slice.addressType === family && endpoint.addresses.length > 0)
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
    if (first) return [first, ...rest];
  }
  return undefined;
}

/** So that it does not matter in which order slices came. */
function order({ endpoint, slice }: SlicedEndpoint): string {
  const { ready = true, terminating = false } = endpoint.conditions ?? {};
  return `${terminating ? 1 : 0}${ready ? 0 : 1}${slice.metadata.name}`;
}

/** One of another uid is another pod of the same name: it says nothing about this one. */
function podBehind({ targetRef }: Endpoint, namespace: string, lookup: ClusterLookup): PodFacts | undefined {
  if (targetRef?.kind !== 'Pod') return undefined;
  const pod = lookup.pod(namespace, targetRef.name ?? '');
  return targetRef.uid === undefined || pod?.uid === targetRef.uid ? pod : undefined;
}

/** @param slicedEndpoints of one address family; the one that is readiest first */
function copyOf(
  id: string,
  slicedEndpoints: readonly [SlicedEndpoint, ...SlicedEndpoint[]],
  { metadata: { namespace = 'default' }, spec }: Service,
  ports: readonly EdgePort[],
  lookup: ClusterLookup,
): Copy | string | [] {
  const [{ endpoint }] = slicedEndpoints;
  const { targetRef, nodeName, conditions = {} } = endpoint;
  const pod = podBehind(endpoint, namespace, lookup);
  if (pod?.gone) return [];
  const kubernetesNode = nodeName ?? pod?.node;
  if (kubernetesNode === undefined)
    return targetRef?.kind === 'Pod'
      ? []
      : `has the endpoint ${id}, which is on no node of the cluster, and is left out`;
  const node = lookup.node(kubernetesNode);
  if (node === undefined)
    return `has the endpoint ${id} at ${kubernetesNode}, which is no node of the edge, and is left out`;
  const numbers = ports.flatMap((port) => numberBehind(port, spec?.ports ?? [], slicedEndpoints));
  // A pod without a port of that name has a slice of its own.
  if (ports.length > 0 && numbers.length === 0)
    return `has the endpoint ${id}, which has none of the service's ports, and is left out`;
  const draining = (conditions.terminating ?? false) || (pod?.ending ?? false);
  const ready = conditions.terminating ? (conditions.serving ?? false) : (conditions.ready ?? true);
  // A pod says that it is not ready a moment before its slice does.
  const nodePorts = Object.fromEntries(ports.flatMap((port) => nodePortOf(port, spec)));
  const podReady = spec?.publishNotReadyAddresses || draining || (pod?.ready ?? true);
  return {
    id,
    node,
    address: endpoint.addresses[0] ?? '',
    ports: Object.fromEntries(numbers),
    ...(Object.keys(nodePorts).length > 0 && { nodePorts }),
    ready: ready && podReady,
    draining,
  };
}

/** Where the nodes of the cluster answer for a port, if the service asks for that. */
function nodePortOf(port: EdgePort, spec: Service['spec']): [string, number][] {
  const isOf = ({ port: number, protocol = 'TCP' }: { port: number; protocol?: string }) =>
    number === port.port && protocol.toLowerCase() === port.protocol;
  const nodePort = spec?.type === 'ClusterIP' ? undefined : spec?.ports?.find(isOf)?.nodePort;
  return nodePort ? [[port.name, nodePort]] : [];
}

/** The number behind one of the service's ports. The names of slices are the service's; numbers may differ by slice. */
function numberBehind(
  port: EdgePort,
  own: NonNullable<Service['spec']>['ports'] & object,
  slicedEndpoints: readonly SlicedEndpoint[],
): [string, number][] {
  const isOf = ({ port: number, protocol = 'TCP' }: { port: number; protocol?: string }) =>
    number === port.port && protocol.toLowerCase() === port.protocol;
  const name = own.find(isOf)?.name ?? '';
  for (const { slice } of slicedEndpoints) {
    const found = (slice.ports ?? []).find(
      (one) => (one.name ?? '') === name && (one.protocol ?? 'TCP').toLowerCase() === port.protocol,
    );
    // No number: the endpoint takes any (EndpointPort, "port").
    if (found) return [[port.name, found.port ?? port.port]];
  }
  return [];
}
