import { existsSync, realpathSync } from 'node:fs';
import type { Engine } from '../../engines/engine.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { whileTheyRun } from '../../engines/while-they-run.ts';
import { label } from '../../lib/labels.ts';
import { functionNamespace } from '../../networks/namespaces.ts';
import { knownHostLinks } from '../../networks/path/host-links.ts';
import { kindNamed } from '../../networks/path/kinds.ts';
import { linksIn, look } from '../../networks/path/patch/scene.ts';
import { type Position, positionOf } from '../../networks/path/position.ts';
import type { ContainerSpec, DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { differences } from './compare.ts';
import { declaredStanding, type PathLookup } from './declared.ts';
import { networkName, observedStanding, type RunningContainer, type Snapshot } from './observed.ts';
import { readContainer, readHost, readProcesses } from './processes.ts';
import type { InspectRecord } from './record.ts';

/**
 * Compares what each container of an application, or of some of its services, was declared to have with what its
 * running processes have. `folder`: the application's folder in the node's state folder.
 */
export async function inspectApplication(
  engine: Engine,
  spec: DeploymentSpec,
  services: readonly string[],
  folder: string,
): Promise<InspectRecord[]> {
  const snapshot = await readSnapshot(engine, spec);
  const places: PathLookup = { folder, real: realPath };
  return spec.pods
    .filter(({ service }) => services.length === 0 || (service !== undefined && services.includes(service)))
    .flatMap((pod) => pod.containers.map((container) => inspectOne(snapshot, spec, pod, container, places)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function inspectOne(
  snapshot: Snapshot,
  spec: DeploymentSpec,
  pod: PodSpec,
  container: ContainerSpec,
  places: PathLookup,
): InspectRecord {
  const declared = declaredStanding(spec, pod, container, places);
  const running = snapshot.containers.find(({ name }) => name === container.name);
  const found = running && observedStanding(snapshot, running);
  const problems = found ? differences(declared, found.observed) : ['it does not run'];
  return {
    name: container.name,
    pod: pod.name,
    service: pod.service ?? null,
    role: container.role,
    feature: container.feature ?? null,
    pid: running?.facts.pid ?? null,
    declared,
    observed: found?.observed ?? null,
    how: found?.how ?? null,
    asDeclared: problems.length === 0,
    differences: problems,
  };
}

function readSnapshot(engine: Engine, spec: DeploymentSpec): Promise<Snapshot> {
  const list = async () => ({
    containers: await withUnlabelled(engine, spec, await engine.workloads.containers(spec.project)),
  });
  return whileTheyRun(list, ({ containers }) => lookAt(engine, spec, containers));
}

async function lookAt(
  engine: Engine,
  spec: DeploymentSpec,
  all: readonly ObservedContainer[],
): Promise<Snapshot> {
  const processes = readProcesses();
  const running = all.flatMap((container) => runningContainer(spec, container, processes));
  const names = new Set([
    ...spec.networks.map(({ name }) => name),
    ...all.flatMap(({ networks }) => networks.map(({ network }) => network)),
  ]);
  const [positions, bridges] = await Promise.all([
    readPositions(spec, running),
    Promise.all(
      [...names].map(async (name) => [await engine.host.bridgeOf(name), networkName(name)] as const),
    ),
  ]);
  return {
    host: readHost(),
    processes,
    containers: running,
    positions,
    networks: Object.fromEntries(
      bridges.filter((entry): entry is [string, string] => entry[0] !== undefined),
    ),
  };
}

/** A container that somebody made again under its name may have lost its labels. */
async function withUnlabelled(
  engine: Engine,
  spec: DeploymentSpec,
  labelled: readonly ObservedContainer[],
): Promise<ObservedContainer[]> {
  const known = new Set(labelled.map(({ name }) => name));
  const missing = spec.pods.flatMap(({ containers }) => containers).filter(({ name }) => !known.has(name));
  const found = await Promise.all(missing.map(({ name }) => engine.workloads.inspect(name)));
  return [...labelled, ...found.filter((container) => container !== undefined)];
}

function runningContainer(
  spec: DeploymentSpec,
  container: ObservedContainer,
  processes: ReturnType<typeof readProcesses>,
): RunningContainer[] {
  const facts = container.pid === undefined ? undefined : readContainer(container.pid, processes);
  if (!facts) return [];
  const { id, name, labels } = container;
  const pod = spec.pods.find(({ containers }) => containers.some((other) => other.name === name));
  const specified = pod?.containers.find((other) => other.name === name);
  const role = specified?.role ?? (labels[label.role] as RunningContainer['role'] | undefined) ?? 'agent';
  return [{ id, name, pod: pod?.name ?? labels[label.pod] ?? '', role, facts }];
}

/** Where the pods' interfaces lead, read over netlink. */
async function readPositions(
  spec: DeploymentSpec,
  running: readonly RunningContainer[],
): Promise<Record<string, Position>> {
  const around = await look(spec.project, knownHostLinks);
  const firsts = new Map(running.map((container) => [container.pod, container.facts.pid]));
  const idle = await idleFunctions(spec);
  const entries = [...firsts].map(async ([pod, pid]) => {
    const position = positionOf(sandboxOwner(spec, pod), await linksIn({ pid }), around);
    // Where nothing is in force everything goes by: nothing passes through it.
    const attachments = position.attachments.map((attachment) => ({
      ...attachment,
      path: attachment.path.filter((fn) => !idle.has(fn)),
    }));
    return [pod, { ...position, attachments }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The functions that stand in a path and do nothing. */
async function idleFunctions({ pods }: DeploymentSpec): Promise<Set<string>> {
  const idle = pods.map(async ({ name, function: fn }) => {
    const namespace = functionNamespace(name);
    const configuration = fn && kindNamed(fn.kind).configuration;
    if (!configuration || !existsSync(`/run/netns/${namespace}`)) return [];
    return (await configuration.observe({ name: namespace })) === undefined ? [name] : [];
  });
  return new Set((await Promise.all(idle)).flat());
}

/** The pod whose interfaces a pod has: its own, or those of the pod that it lives in. */
function sandboxOwner(spec: DeploymentSpec, name: string): string {
  const sandbox = spec.pods.find((pod) => pod.name === name)?.sandbox;
  return sandbox?.kind === 'pod' ? sandbox.pod : name;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
