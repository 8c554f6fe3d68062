import ipaddr from 'ipaddr.js';
import type { ObservedAddress, ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { Acquaintance } from '../networks/path/kind.ts';
import { kindNamed } from '../networks/path/kinds.ts';
import type { Neighbour } from '../networks/path/leg.ts';
import type { DeploymentSpec, PathFunction, PodSpec } from '../selector/spec.ts';

/** All that a function's configuration depends on: when it changes, the function is configured anew. */
export interface FunctionInputs {
  readonly settings: PathFunction['settings'];
  /** The addresses of the pod whose traffic it is, sorted. */
  readonly own: readonly ObservedAddress[];
  /** Who is on the same networks and known by the settings, or in a network that they know: by network, sorted. */
  readonly neighbours: Readonly<Record<string, readonly Neighbour[]>>;
  /** Pods that were looked at for that, known or not. */
  readonly concerned: readonly string[];
}

type Concerned = Pick<PodSpec, 'name' | 'role' | 'service'>;

export function functionInputs(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
  pod: PodSpec,
): FunctionInputs | undefined {
  if (!pod.function) return undefined;
  const { kind, settings, pod: guarded } = pod.function;
  const known = kindNamed(kind).knows(settings);
  // An address that nobody holds now could be taken by anybody: nobody is let in from it.
  const running = containers.filter(({ state }) => state === 'running');
  const own = addressesOf(containers, guarded);
  const concerned = concernedBy([...podsEverywhere(spec), ...oneOffsAmong(running, spec)], known, guarded);
  const neighbours = own.map(({ network }) => {
    const there = concerned.flatMap((other) =>
      addressesOf(running, other.name).flatMap((address) =>
        address.network === network ? neighbourOf(known, other, address) : [],
      ),
    );
    return [network, there.sort((a, b) => (a.mac < b.mac ? -1 : 1))] as const;
  });
  return {
    settings,
    own,
    neighbours: Object.fromEntries(neighbours),
    concerned: concerned.map(({ name }) => name),
  };
}

/** Those of this node, and what others have. */
function podsEverywhere({ pods, elsewhere = [] }: DeploymentSpec): Concerned[] {
  return [...pods, ...elsewhere.map(({ name, service }) => ({ name, role: 'service' as const, service }))];
}

/** The pods of the services that are known, and where networks are, all that may be in one. */
function concernedBy(
  pods: readonly Concerned[],
  { services, networks }: Acquaintance,
  guarded: string,
): Concerned[] {
  const everybody = networks.length > 0;
  return pods.filter(
    ({ name, role, service }) =>
      name !== guarded && (everybody || (actsFor(role) && services.includes(service ?? ''))),
  );
}

/** What `run` made of a service acts for it while it runs, whichever specification is looked at. */
function oneOffsAmong(running: readonly ObservedContainer[], { pods }: DeploymentSpec): Concerned[] {
  return running.flatMap(({ labels }) => {
    const name = labels[label.pod] ?? '';
    const known = pods.some((pod) => pod.name === name);
    const service = labels[label.service];
    return labels[label.podRole] === 'oneoff' && !known
      ? [{ name, role: 'oneoff', ...(service !== undefined && { service }) }]
      : [];
  });
}

/** The pods that act for a service: its replicas, and what `run` made of it. `running`: containers that run. */
export function podsOfService(
  spec: DeploymentSpec,
  running: readonly ObservedContainer[],
  service: string,
): string[] {
  const all = [...podsEverywhere(spec), ...oneOffsAmong(running, spec)];
  return all.flatMap((pod) => (actsFor(pod.role) && pod.service === service ? pod.name : []));
}

/** Whether a pod is the service that is known. */
function actsFor(role: PodSpec['role']): boolean {
  return role === 'service' || role === 'oneoff';
}

function neighbourOf(
  { services, networks }: Acquaintance,
  { role, service }: Concerned,
  { mac, ipv4, ipv6 }: ObservedAddress,
): Neighbour[] {
  if (mac === undefined) return [];
  const addresses = { mac, ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) };
  if (actsFor(role) && service !== undefined && services.includes(service))
    return [{ service, ...addresses }];
  const inside = [ipv4, ipv6].some((address) => address !== undefined && isIn(networks, address));
  return inside ? [addresses] : [];
}

function isIn(cidrs: readonly string[], address: string): boolean {
  const parsed = ipaddr.parse(address);
  return cidrs.some((cidr) => {
    const [network, length] = ipaddr.parseCIDR(cidr);
    return network.kind() === parsed.kind() && parsed.match(network, length);
  });
}

/** Where a pod is on its networks, sorted. */
export function addressesOf(containers: readonly ObservedContainer[], pod: string): ObservedAddress[] {
  const sandbox = containers.find(
    (container) => container.labels[label.pod] === pod && container.labels[label.role] === 'sandbox',
  );
  return [...(sandbox?.networks ?? [])].sort((a, b) => (a.network < b.network ? -1 : 1));
}
