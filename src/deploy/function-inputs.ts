import ipaddr from 'ipaddr.js';
import type { ObservedAddress, ObservedContainer } from '../engines/engine.ts';
import { label } from '../lib/labels.ts';
import type { Neighbour } from '../networks/firewall/leg.ts';
import { cidrsIn, type FirewallRules, servicesIn } from '../networks/firewall/rules.ts';
import type { DeploymentSpec, PodSpec } from '../selector/spec.ts';

/** All that a function's configuration depends on: when it changes, the function is configured anew. */
export interface FunctionInputs {
  readonly rules: FirewallRules;
  /** The protected pod's own addresses, sorted. */
  readonly own: readonly ObservedAddress[];
  /** Who is on the same networks and named by the rules, or in a network that they name: by network, sorted. */
  readonly neighbours: Readonly<Record<string, readonly Neighbour[]>>;
  /** Pods that were looked at for that, named or not. */
  readonly concerned: readonly string[];
}

type Concerned = Pick<PodSpec, 'name' | 'role' | 'service'>;

export function functionInputs(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
  pod: PodSpec,
): FunctionInputs | undefined {
  if (!pod.function) return undefined;
  const { rules, pod: guarded } = pod.function;
  // An address that nobody holds now could be taken by anybody: nobody is let in from it.
  const running = containers.filter(({ state }) => state === 'running');
  const own = addressesOf(containers, guarded);
  const concerned = concernedBy([...spec.pods, ...oneOffsAmong(running, spec)], rules, guarded);
  const neighbours = own.map(({ network }) => {
    const there = concerned.flatMap((other) =>
      addressesOf(running, other.name).flatMap((address) =>
        address.network === network ? neighbourOf(rules, other, address) : [],
      ),
    );
    return [network, there.sort((a, b) => (a.mac < b.mac ? -1 : 1))] as const;
  });
  return {
    rules,
    own,
    neighbours: Object.fromEntries(neighbours),
    concerned: concerned.map(({ name }) => name),
  };
}

/** The pods that rules name, and where they name networks, all that may be in one. */
function concernedBy(pods: readonly Concerned[], rules: FirewallRules, guarded: string): Concerned[] {
  const named = servicesIn(rules);
  const everybody = cidrsIn(rules).length > 0;
  return pods.filter(
    ({ name, role, service }) =>
      name !== guarded && (everybody || (actsFor(role) && named.includes(service ?? ''))),
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

/** Whether a pod is the service that rules name. */
function actsFor(role: PodSpec['role']): boolean {
  return role === 'service' || role === 'oneoff';
}

function neighbourOf(
  rules: FirewallRules,
  { role, service }: Concerned,
  { mac, ipv4, ipv6 }: ObservedAddress,
): Neighbour[] {
  if (mac === undefined) return [];
  const addresses = { mac, ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) };
  if (actsFor(role) && service !== undefined && servicesIn(rules).includes(service))
    return [{ service, ...addresses }];
  const inside = [ipv4, ipv6].some((address) => address !== undefined && isIn(cidrsIn(rules), address));
  return inside ? [addresses] : [];
}

function isIn(cidrs: readonly string[], address: string): boolean {
  const parsed = ipaddr.parse(address);
  return cidrs.some((cidr) => {
    const [network, length] = ipaddr.parseCIDR(cidr);
    return network.kind() === parsed.kind() && parsed.match(network, length);
  });
}

function addressesOf(containers: readonly ObservedContainer[], pod: string): ObservedAddress[] {
  const sandbox = containers.find(
    (container) => container.labels[label.pod] === pod && container.labels[label.role] === 'sandbox',
  );
  return [...(sandbox?.networks ?? [])].sort((a, b) => (a.network < b.network ? -1 : 1));
}
