import { HeddleError } from '../../lib/errors.ts';
import type { Member } from '../../networks/dispatch/members.ts';
import { functionsOf } from '../../selector/led.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';

// On which nodes the services of an application run. Pure.

/** By service: the node that has it; or that of each replica, where they are on several. */
export type Placement = Readonly<Record<string, string | readonly string[]>>;

/** Where services are now, and which nodes have something that they are not to have any more. */
export interface Before {
  readonly placement: Placement;
  readonly leaving: readonly string[];
}

interface Around {
  /** The node that is asked. */
  readonly here: string;
  readonly members: readonly Member[];
  /** Where they are now. */
  readonly before: Placement;
}

/**
 * A service runs at the site that its file names: on the node that has it now, if that is there, or else on this one, or the first
 * that is present; a function, beside what is led through it. One that names no site stays where it is, or comes to this node; a
 * function, where what it is for is.
 * @throws HeddleError ERR_SITE_UNKNOWN, ERR_PLACE_IMPOSSIBLE
 */
export function placeServices(spec: DeploymentSpec, around: Around): Placement {
  const services = new Map(replicas(spec).map((pod) => [pod.service, pod]));
  const nodeOf = ({ service, place }: Replica, fallback: string) =>
    place === undefined ? keptNode(service, around, fallback) : nodeAt(service, place, around, fallback);
  const placed: Record<string, string | readonly string[]> = {};
  for (const [service, pod] of services) {
    if (pod.forwards) continue;
    const all = replicaPods(spec, service).map((one) => nodeOf({ ...one, service }, around.here));
    placed[service] = new Set(all).size > 1 ? all : (all[0] ?? nodeOf(pod, around.here));
  }
  for (const [service, pod] of services) {
    if (!pod.forwards) continue;
    const led = spec.pods.find((one) => functionsOf(one).includes(pod.name));
    const [beside = around.here] = nodesHaving(placed, led?.service ?? '');
    placed[service] = nodeOf(pod, beside);
  }
  return placed;
}

/** Whether all of an application is on one node. */
export function isOn(placement: Placement, node: string): boolean {
  return Object.values(placement)
    .flat()
    .every((one) => one === node);
}

/** The nodes that have something of it, sorted. */
export function nodesOf(placement: Placement): string[] {
  return [...new Set(Object.values(placement).flat())].sort();
}

/** Those, and the nodes that still have something that they are not to have any more. */
export function nodesWith({ placement, leaving }: Before): string[] {
  return [...new Set([...nodesOf(placement), ...leaving])].sort();
}

/** The services that a node has replicas of. */
export function servicesOn(placement: Placement, node: string): string[] {
  return Object.keys(placement).filter((service) => nodesHaving(placement, service).includes(node));
}

/** The nodes that have replicas of a service, that of the first one first; none where it is not known. */
export function nodesHaving(placement: Placement, service: string): string[] {
  const at = Object.hasOwn(placement, service) ? placement[service] : undefined;
  return at === undefined ? [] : [...new Set([at].flat())];
}

/** The node that has a pod of a service. `index`: of the replica; absent: the first’s. */
export function nodeOfPod(
  placement: Placement,
  { service = '', index = 1 }: Pick<PodSpec, 'service' | 'index'>,
): string | undefined {
  const at = Object.hasOwn(placement, service) ? placement[service] : undefined;
  return at === undefined || typeof at === 'string' ? at : (at[index - 1] ?? at.at(-1));
}

/** By node: which of the services it has; all, when none is named. Who has none of them is left out. */
export function partsOf(
  placement: Placement,
  services: readonly string[],
): [node: string, services: string[]][] {
  return nodesOf(placement).flatMap((node): [string, string[]][] => {
    const own = servicesOn(placement, node);
    const named = services.length === 0 ? own : own.filter((service) => services.includes(service));
    return named.length === 0 ? [] : [[node, named]];
  });
}

type Replica = PodSpec & { readonly service: string };

function replicas({ pods }: DeploymentSpec): Replica[] {
  // A one-off is where its service is, also where that has no replica.
  const own = pods.filter((pod): pod is Replica => pod.service !== undefined);
  return [...own.filter(({ role }) => role === 'oneoff'), ...own.filter(({ role }) => role === 'service')];
}

function keptNode(service: string, { members, before }: Around, fallback: string): string {
  const [kept] = nodesHaving(before, service);
  return kept !== undefined && members.some(({ name }) => name === kept) ? kept : fallback;
}

function nodeAt(service: string, site: string, { here, members, before }: Around, near: string): string {
  const there = members.filter((member) => member.site === site);
  if (there.length === 0) throw siteError(service, site, members);
  const kept = there.find(({ name }) => nodesHaving(before, service).includes(name));
  const found = kept ?? there.find(({ name }) => name === near) ?? there.find(({ present }) => present);
  const { name, api } = found ?? (there[0] as Member);
  if (name === here || api !== undefined) return name;
  throw new HeddleError(
    'ERR_PLACE_IMPOSSIBLE',
    `services.${service}.x-heddle.place: node ${name}, at the site ${site}, lets no other node ask it`,
    { hint: 'give it `api` in its node.yaml' },
  );
}

function siteError(service: string, site: string, members: readonly Member[]): HeddleError {
  const sites = [...new Set(members.flatMap((member) => member.site ?? []))].sort();
  const there = sites.length === 0 ? 'no node says where it is' : `there are ${sites.join(', ')}`;
  return new HeddleError(
    'ERR_SITE_UNKNOWN',
    `services.${service}.x-heddle.place: no node is at the site ${JSON.stringify(site)}: ${there}`,
    { hint: '`heddle node ls` shows the nodes and their sites' },
  );
}
