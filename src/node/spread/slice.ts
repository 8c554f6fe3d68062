import { HeddleError } from '../../lib/errors.ts';
import type { FarPod } from '../../selector/far-pod.ts';
import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec, ImageSource, PodSpec } from '../../selector/spec.ts';
import { nodeOfPod, nodesHaving, type Placement } from './placement.ts';

// What of an application one node has. Pure.

/** `spec` as one node makes it: its own pods, with what they need, and who is elsewhere. */
export function sliceOf(spec: DeploymentSpec, placement: Placement, node: string): DeploymentSpec {
  const byName = new Map(spec.pods.map((pod) => [pod.name, pod]));
  const isHere = (pod: PodSpec | undefined) => pod !== undefined && nodeOf(pod, placement, byName) === node;
  const features = spec.features
    .map((feature) => ({
      ...feature,
      agents: feature.agents.filter(({ pod }) => isHere(byName.get(pod))),
    }))
    .filter(({ agents }) => agents.length > 0);
  // What gathers for several services stands on each node that has one of them.
  const gathering = new Set(features.flatMap(({ collector }) => (collector ? [collector.pod] : [])));
  const pods = spec.pods.filter(
    (pod) => isHere(pod) || (pod.service === undefined && gathering.has(pod.name)),
  );
  const names = new Set(pods.map(({ name }) => name));
  const networks = new Set(pods.flatMap(networksOf));
  const volumes = new Set(pods.flatMap(volumesOf));
  const chains = spec.chains?.filter(({ name, at }) =>
    pods.some((pod) => pod.chains?.some(({ chain, side }) => chain === name && side === at)),
  );
  const edge = spec.edge?.filter(({ service }) => nodesHaving(placement, service).includes(node));
  const jobs = spec.jobs?.filter(({ service }) => nodesHaving(placement, service).includes(node));
  const elsewhere = spec.pods.flatMap((pod): FarPod[] => {
    const at = nodeOf(pod, placement, byName);
    const [container] = pod.containers;
    if (pod.role !== 'service' || !pod.service || !container || names.has(pod.name) || at === undefined)
      return [];
    const { name, service } = pod;
    const { name: own, restart } = container;
    return [{ name, service, node: at, container: own, networks: networksOf(pod), restart }];
  });
  const { chains: _chains, edge: _edge, jobs: _jobs, ...rest } = spec;
  return {
    ...rest,
    networks: spec.networks.filter(({ name }) => networks.has(name)),
    volumes: spec.volumes.filter(({ name }) => volumes.has(name)),
    pods,
    features,
    ...(edge && edge.length > 0 && { edge }),
    ...(jobs && jobs.length > 0 && { jobs }),
    ...(chains && chains.length > 0 && { chains }),
    ...(elsewhere.length > 0 && { elsewhere }),
  };
}

/** Whether something of a slice depends on what another node has. */
export function waitsFor({ pods, elsewhere = [], jobs = [] }: DeploymentSpec, node: string): boolean {
  const there = new Set(elsewhere.flatMap((pod) => (pod.node === node ? pod.service : [])));
  // Ranks of a job start together.
  if (pods.some(({ service = '' }) => there.has(service) && jobs.some((job) => job.service === service)))
    return true;
  return pods.some(({ containers }) =>
    containers.some(({ dependsOn }) => dependsOn.some(({ service }) => there.has(service))),
  );
}

/** Images for a node that has not the folders of this one: what is built here is taken from where it was pushed. */
export function farImages(images: DeploymentSpec['images']): DeploymentSpec['images'] {
  const far = (source: ImageSource): ImageSource =>
    source.kind === 'build' ? { kind: 'registry', policy: 'missing' } : source;
  return Object.fromEntries(Object.entries(images).map(([name, source]) => [name, far(source)]));
}

/**
 * What cannot be, where it was placed.
 * @throws HeddleError ERR_PLACE_IMPOSSIBLE
 */
export function checkPlacement(spec: DeploymentSpec, placement: Placement): void {
  const byName = new Map(spec.pods.map((pod) => [pod.name, pod]));
  for (const pod of spec.pods) {
    const node = nodeOf(pod, placement, byName);
    const apart = (name: string) => {
      const found = byName.get(name);
      const other = found && nodeOf(found, placement, byName);
      return other !== undefined && other !== node ? `on ${other}` : undefined;
    };
    const owner = pod.sandbox.kind === 'pod' ? pod.sandbox.pod : undefined;
    const ownerAt = owner === undefined ? undefined : apart(owner);
    if (ownerAt !== undefined)
      throw impossible(`${pod.name} lives in the network namespace of ${owner}, which is ${ownerAt}`, pod);
    for (const fn of pod.containers.flatMap(({ outputsOf = [] }) => outputsOf)) {
      const [at] = nodesHaving(placement, fn);
      if (at === undefined || at === node) continue;
      throw impossible(`${pod.name} uses outputs of ${fn}, which is on ${at}`, pod);
    }
    for (const fn of functionsOf(pod)) {
      const at = apart(fn);
      if (at === undefined) continue;
      const which = byName.get(fn)?.service ?? fn;
      throw impossible(
        `the function ${which} is ${at}, and ${pod.name}, which is led through it, on ${node}`,
        pod,
      );
    }
  }
  checkNetworks(spec, placement);
  checkVolumes(spec, placement);
}

/**
 * Who looks at metrics decides, and makes the whole application anew.
 * @throws HeddleError ERR_PLACE_IMPOSSIBLE
 */
export function checkScaling({ scaling = [] }: DeploymentSpec, placement: Placement, here: string): void {
  const away = Object.keys(placement).find((service) =>
    nodesHaving(placement, service).some((node) => node !== here),
  );
  const [followed] = scaling;
  if (away === undefined || !followed) return;
  throw new HeddleError(
    'ERR_PLACE_IMPOSSIBLE',
    `services.${followed.service}.x-heddle.scale: replicas follow metrics where all of the application is on the node that is asked, and ${away} is on ${nodesHaving(placement, away).join(' and ')}`,
    { hint: 'remove `scale`, and change the number by `heddle scale`' },
  );
}

/**
 * A volume is where its node is: one of two nodes would be two. That replicas of one service have it on each of their nodes is as with a
 * service that runs on each of several nodes (`mode: global` of Swarm).
 */
function checkVolumes(spec: DeploymentSpec, placement: Placement): void {
  for (const { name, key } of spec.volumes) {
    const users = spec.pods.filter((pod) => pod.service !== undefined && volumesOf(pod).includes(name));
    const nodes = new Set(users.flatMap(({ service = '' }) => nodesHaving(placement, service)));
    const services = [...new Set(users.map(({ service }) => service))];
    if (nodes.size < 2 || services.length < 2) continue;
    const who = services.join(', ');
    throw new HeddleError(
      'ERR_PLACE_IMPOSSIBLE',
      `volumes.${key}: ${who} are on ${[...nodes].join(' and ')}, and a volume is on one node`,
      { hint: 'give each a volume of its own, or both the same `place`' },
    );
  }
}

/** An engine's network ends where its host does. */
function checkNetworks(spec: DeploymentSpec, placement: Placement): void {
  for (const { name, key, owner, external } of spec.networks) {
    if (owner !== 'engine') continue;
    const on = spec.pods.filter((pod) => pod.role === 'service' && networksOf(pod).includes(name));
    const nodes = new Set(on.flatMap(({ service = '' }) => nodesHaving(placement, service)));
    if (nodes.size < 2 || external) continue;
    const who = [...new Set(on.map(({ service }) => service))].join(', ');
    throw new HeddleError(
      'ERR_PLACE_IMPOSSIBLE',
      `networks.${key}: ${who} are on ${[...nodes].join(' and ')}, and a network of the container engine ends at its host`,
      { hint: `write networks: { ${key}: { x-heddle: { archetype: ip, vlan: 100 } } }` },
    );
  }
}

function impossible(what: string, { service }: PodSpec): HeddleError {
  return new HeddleError('ERR_PLACE_IMPOSSIBLE', `services.${service}: ${what}`, {
    hint: 'give both the same `place`',
  });
}

/** The node of a pod: a function’s that is one pod’s is that pod’s. */
function nodeOf(
  pod: PodSpec,
  placement: Placement,
  byName: ReadonlyMap<string, PodSpec>,
): string | undefined {
  if (pod.service === undefined) return undefined;
  const led = byName.get(pod.function?.pod ?? pod.forwards?.pod ?? '');
  return nodeOfPod(placement, led ?? pod);
}

function networksOf({ sandbox }: PodSpec): string[] {
  return sandbox.kind === 'own' ? sandbox.networks.map(({ network }) => network) : [];
}

function volumesOf({ containers }: PodSpec): string[] {
  return containers.flatMap(({ mounts }) =>
    mounts.flatMap((mount) => (mount.type === 'volume' && mount.source ? [mount.source] : [])),
  );
}
