import { withFunctions } from '../selector/led.ts';
import type { ContainerSpec, DeploymentSpec, PodSpec } from '../selector/spec.ts';

/** What an operation is about. */
export interface Choice {
  /** These, what they depend on and what their traffic passes; absent or empty: all that the file has. */
  readonly services?: readonly string[];
  readonly noDeps?: boolean;
  readonly removeOrphans?: boolean;
  /** Services of the file whose profiles are not enabled: no orphans. */
  readonly inactive?: readonly string[];
  /** Services of the file that are to have no replica. */
  readonly empty?: readonly string[];
}

/** What is wanted once an operation is done, and what of it the operation is about. */
export interface Scope {
  /** What the file says of the services that are chosen, and of all others what was wanted before. */
  readonly spec: DeploymentSpec;
  /** The services that are chosen. */
  readonly chosen: ReadonlySet<string>;
  /** Whether that is all the file has. */
  readonly whole: boolean;
  /** Services that are wanted and not in the file. */
  readonly orphans: readonly string[];
}

/** Takes from the file what was chosen, and leaves everything else as it was. Pure. */
export function scopeOf(next: DeploymentSpec, before: DeploymentSpec | undefined, choice: Choice): Scope {
  const named = choice.services ?? [];
  const inFile = new Set([...servicesOf(next), ...(choice.empty ?? [])]);
  const whole = named.length === 0;
  const chosen = whole
    ? inFile
    : choice.noDeps
      ? new Set(withFunctions(next, named))
      : withDependencies(next, named);
  const stays = (service: string) =>
    !chosen.has(service) &&
    (inFile.has(service) || choice.removeOrphans !== true || choice.inactive?.includes(service) === true);
  const earlier = new Set(before ? servicesOf(before).filter(stays) : []);
  const fromFile = (service: string | undefined) => service === undefined || !earlier.has(service);
  if (!before || earlier.size === 0) return { spec: next, chosen, whole, orphans: [] };

  const features = [
    ...next.features.filter(({ service }) => fromFile(service)),
    ...before.features.filter(({ service }) => service !== undefined && earlier.has(service)),
  ];
  const members = new Set(
    features.flatMap(({ agents, collector }) => [...agents, ...(collector ? [collector] : [])]).map(podOf),
  );
  const kept = before.pods.filter(({ service }) => service !== undefined && earlier.has(service));
  const own = next.pods.filter(({ service }) => fromFile(service));
  const have = new Set([...own, ...kept].map(({ name }) => name));
  // What has no service gathers for those that have one.
  const gathering = before.pods.filter(
    ({ name, service }) => service === undefined && members.has(name) && !have.has(name),
  );
  const pods = [...own, ...kept, ...gathering];
  const ofServices = <Item extends { readonly service: string }>(
    own: readonly Item[] = [],
    others: readonly Item[] = [],
  ) => [
    ...own.filter(({ service }) => fromFile(service)),
    ...others.filter(({ service }) => earlier.has(service)),
  ];
  const edge = ofServices(next.edge, before.edge);
  const scaling = ofServices(next.scaling, before.scaling);
  const jobs = ofServices(next.jobs, before.jobs);
  const { edge: _edge, scaling: _scaling, jobs: _jobs, ...rest } = next;
  return {
    spec: {
      ...rest,
      images: { ...before.images, ...next.images },
      networks: united(next.networks, before.networks, networksOf(pods)),
      volumes: united(next.volumes, before.volumes, volumesOf(pods)),
      pods,
      features,
      ...(edge.length > 0 && { edge }),
      ...(scaling.length > 0 && { scaling }),
      ...(jobs.length > 0 && { jobs }),
    },
    chosen,
    whole,
    orphans: [...earlier].filter((service) => !inFile.has(service)),
  };
}

/** The services that a specification has pods of. */
export function servicesOf({ pods }: Pick<DeploymentSpec, 'pods'>): string[] {
  return [...new Set(pods.flatMap(({ role, service }) => (role === 'service' && service ? [service] : [])))];
}

/** Services with all that they depend on, whose outputs they use, in whose namespace they live, and which functions their traffic passes. */
function withDependencies(spec: DeploymentSpec, named: readonly string[]): Set<string> {
  const all = new Set<string>();
  const owners = new Map(spec.pods.map((pod) => [pod.name, pod.service]));
  const visit = (service: string) => {
    if (all.has(service)) return;
    all.add(service);
    for (const pod of spec.pods.filter((candidate) => candidate.service === service)) {
      const owner = pod.sandbox.kind === 'pod' ? owners.get(pod.sandbox.pod) : undefined;
      if (owner !== undefined) visit(owner);
      for (const fn of withFunctions({ pods: spec.pods }, [service])) visit(fn);
      for (const needed of pod.containers.flatMap(neededBy)) visit(needed);
    }
  };
  for (const service of named) visit(service);
  return all;
}

function neededBy({ dependsOn, outputsOf = [] }: ContainerSpec): string[] {
  return [...dependsOn.map(({ service }) => service), ...outputsOf];
}

/** All of the one, and of the other what is used and the one lacks. */
function united<Item extends { readonly name: string }>(
  next: readonly Item[],
  before: readonly Item[],
  used: ReadonlySet<string>,
): Item[] {
  const names = new Set(next.map(({ name }) => name));
  return [...next, ...before.filter(({ name }) => !names.has(name) && used.has(name))];
}

function networksOf(pods: readonly PodSpec[]): Set<string> {
  return new Set(
    pods.flatMap(({ sandbox }) =>
      sandbox.kind === 'own' ? sandbox.networks.map(({ network }) => network) : [],
    ),
  );
}

function volumesOf(pods: readonly PodSpec[]): Set<string> {
  const mounts = pods.flatMap(({ containers }) => containers.flatMap((one: ContainerSpec) => one.mounts));
  return new Set(mounts.flatMap((mount) => (mount.type === 'volume' && mount.source ? [mount.source] : [])));
}

function podOf({ pod }: { readonly pod: string }): string {
  return pod;
}
