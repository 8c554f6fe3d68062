import type { ListedCopy, ListedService } from '../../edge/sources/engine/record.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { label } from '../../lib/labels.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { DeploymentSpec, PodSpec, PublishedService } from '../../selector/spec.ts';
import type { Desired } from '../desired.ts';
import { reachableAddressOf } from './reachable-address.ts';

/** What an application publishes at the edge, with the copies that run now. */
export function listingOf(
  { spec, stopped }: Pick<Desired, 'spec' | 'stopped'>,
  containers: readonly ObservedContainer[],
): ListedService[] {
  return (spec.edge ?? []).map(({ ports, ...published }) => ({
    project: spec.project,
    ...published,
    ports: ports.map(({ target: _, ...port }) => port),
    copies: containers
      .filter(
        ({ labels }) => labels[label.role] === 'application' && labels[label.service] === published.service,
      )
      .flatMap((container) => copyOf(container, { ports, ...published }, spec, stopped, containers) ?? [])
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  }));
}

function copyOf(
  container: ObservedContainer,
  { service, ports }: PublishedService,
  spec: DeploymentSpec,
  stopped: readonly string[],
  containers: readonly ObservedContainer[],
): ListedCopy | undefined {
  if (container.state !== 'running') return undefined;
  const name = container.labels[label.pod];
  const replicas = replicaPods(spec, service);
  const own = replicas.find((pod) => pod.name === name);
  // One too many is not specified any more: it lives like the others.
  const pod = own ?? (replicas[0] && { ...replicas[0], name: name ?? '' });
  if (!pod) return undefined;
  const place = placeIn(pod, spec, ports, containers);
  return (
    place && {
      id: container.name,
      ...place,
      ready: container.health === undefined || container.health === 'healthy',
      draining: own === undefined || stopped.includes(service),
    }
  );
}

/** Where a pod's ports are reached: in its own network namespace, in that of another pod, or on the host. */
function placeIn(
  { name, sandbox }: PodSpec,
  spec: DeploymentSpec,
  ports: PublishedService['ports'],
  containers: readonly ObservedContainer[],
): Pick<ListedCopy, 'address' | 'ports'> | undefined {
  if (sandbox.kind === 'host') return reachableAddressOf(undefined, [], ports);
  const owner =
    sandbox.kind === 'pod' ? spec.pods.find((pod) => pod.name === sandbox.pod) : { name, sandbox };
  if (owner?.sandbox.kind !== 'own') return undefined;
  const holder = containers.find(
    ({ labels, state }) =>
      labels[label.pod] === owner.name && labels[label.role] === 'sandbox' && state === 'running',
  );
  return (
    holder &&
    reachableAddressOf(
      holder,
      owner.sandbox.networks.map(({ network }) => network),
      ports,
    )
  );
}
