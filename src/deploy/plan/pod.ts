import type { ObservedContainer } from '../../engines/observed.ts';
import type { OwnSandbox } from '../../engines/workloads.ts';
import { label } from '../../lib/labels.ts';
import type { ContainerSpec, PodSpec } from '../../selector/spec.ts';
import { definitionOf, sandboxDefinitionOf } from '../definition.ts';
import { podOf } from '../observed.ts';
import { containerChange, lossOf, sandboxChange } from './changes.ts';
import { planEndpoints } from './endpoints.ts';
import { outputSteps } from './hooks.ts';
import { imageSteps } from './images.ts';
import type { Planning, PlanOptions } from './planning.ts';
import { removeContainers } from './removal.ts';
import { planUnwire } from './unwire.ts';
import { dependencySteps } from './waits.ts';

/** What happens to a pod's sandbox, and the steps after which it stands. */
interface SandboxOutcome {
  /** The pod's containers are made anew, started again, or left alone. */
  readonly containers: 'create' | 'restart' | 'keep';
  readonly reason: string;
  readonly ready: readonly string[];
  /** When the sandbox ended that is started again; milliseconds since 1970. */
  readonly ended?: number;
}

/** Milliseconds that a host which goes down may take between ending a container and ending its sandbox: systemd gives 90 s. */
const goingDown = 90_000;

/** Steps for one pod: its sandbox, its endpoints, its containers; and away with what it no longer has. */
export function planPod(planning: Planning, pod: PodSpec, changedNetworks: ReadonlySet<string>): void {
  const { observed, builder, options } = planning;
  const existing = observed.containers.filter((container) => podOf(container) === pod.name);
  const sandbox = planSandbox(planning, pod, existing, changedNetworks);
  const connected = planEndpoints(planning, pod, sandbox.ready);
  for (const container of pod.containers) {
    const after = container.role === 'application' ? connected.application : connected.agents;
    planContainer(planning, pod, container, existing, sandbox, after);
  }
  if (options.mode !== 'up') return;
  planUnwire(planning, pod);
  const wanted = new Set([...pod.containers.map((container) => container.name), sandboxName(pod)]);
  const surplus = existing.filter((container) => !wanted.has(container.name));
  const removed = removeContainers(planning, surplus, 'the feature is no longer asked for');
  if (!pod.management && observed.management.some((port) => port.pod === pod.name)) {
    builder.add('disconnectManagement', pod.name, { pod: pod.name }, 'no agent of it is left', removed);
  }
}

function planSandbox(
  planning: Planning,
  pod: PodSpec,
  existing: readonly ObservedContainer[],
  changedNetworks: ReadonlySet<string>,
): SandboxOutcome {
  const { builder, options, observed, pods } = planning;
  if (pod.sandbox.kind !== 'own') return borrowedSandbox(planning, pod);
  const { sandbox } = pod;
  const holder = existing.find((container) => container.name === sandbox.name);
  const networks = sandbox.networks.map((network) => network.network);
  const needs = [...imageSteps(planning, sandbox.image), ...builder.idsOf('createNetwork', networks)];

  if (!holder) {
    const reason = existing.length > 0 ? 'its sandbox is gone' : 'it does not exist';
    const removed = removeContainers(planning, existing, reason);
    const id = builder.add('createSandbox', pod.name, { pod }, reason, [...needs, ...removed]);
    return { containers: 'create', reason, ready: [id] };
  }
  const moved = sandbox.networks.find((network) => changedNetworks.has(network.network));
  const changed = moved
    ? `the network ${moved.network} changed`
    : options.mode === 'up' &&
        !options.keep &&
        holder.labels[label.hash] !== options.hash(sandboxDefinitionOf(sandbox))
      ? sandboxChange(options, sandbox, holder)
      : incompleteBecause(sandbox, holder, options);
  if (changed !== undefined) {
    const borrowers = [...pods.values()].filter(
      (other) => other.sandbox.kind === 'pod' && other.sandbox.pod === pod.name,
    );
    const names = new Set([pod.name, ...borrowers.map((other) => other.name)]);
    const leaving = observed.containers.filter((container) => names.has(podOf(container)));
    const removed = removeContainers(planning, leaving, changed);
    const id = builder.add('createSandbox', pod.name, { pod }, changed, [...needs, ...removed]);
    return { containers: 'create', reason: changed, ready: [id] };
  }
  if (holder.state !== 'running') {
    const reason = `its sandbox is ${holder.state}`;
    const id = builder.add('startSandbox', pod.name, { pod }, reason, needs);
    const { finishedAt } = holder;
    return {
      containers: 'restart',
      reason,
      ready: [id],
      ...(finishedAt !== undefined && { ended: finishedAt }),
    };
  }
  return { containers: 'keep', reason: '', ready: [] };
}

/**
 * It has nothing to lose, and an engine that was killed while it started it may never be able to: the runtime keeps half
 * of it until it is removed.
 */
function neverStarted({ state, startedAt }: ObservedContainer): boolean {
  return state === 'created' && startedAt === undefined;
}

/** Why a sandbox is not whole: it was cut short between its creation and the last of its networks, or taken off one. */
function incompleteBecause(
  sandbox: OwnSandbox,
  holder: ObservedContainer,
  { mode }: PlanOptions,
): string | undefined {
  if (neverStarted(holder)) return 'it was never started';
  if (mode === 'heal' && holder.state !== 'created') return undefined;
  const lacking = sandbox.networks.find(
    ({ network, owner }) =>
      owner === undefined && !holder.networks.some((present) => present.network === network),
  );
  return lacking && `it is not on the network ${lacking.network}`;
}

/** A pod in another's namespace goes with that other's sandbox. */
function borrowedSandbox({ builder }: Planning, pod: PodSpec): SandboxOutcome {
  if (pod.sandbox.kind !== 'pod') return { containers: 'keep', reason: '', ready: [] };
  const owner = pod.sandbox.pod;
  const created = builder.idsOf('createSandbox', [owner]);
  if (created.length > 0)
    return { containers: 'create', reason: `the sandbox of ${owner} is new`, ready: created };
  const started = builder.idsOf('startSandbox', [owner]);
  if (started.length > 0)
    return { containers: 'restart', reason: `the sandbox of ${owner} was started`, ready: started };
  return { containers: 'keep', reason: '', ready: [] };
}

function planContainer(
  planning: Planning,
  pod: PodSpec,
  container: ContainerSpec,
  existing: readonly ObservedContainer[],
  sandbox: SandboxOutcome,
  ready: readonly string[],
): void {
  const { builder } = planning;
  const present = existing.find((candidate) => candidate.name === container.name);
  const verdict = judge(planning, pod, container, present, existing, sandbox);
  if (!verdict) return;
  if (sharesProcesses(container) && !applicationRuns(planning, pod, existing)) return;
  const needs = [
    ...ready,
    ...imageSteps(planning, container.image),
    ...builder.idsOf('createVolume', volumesOf(container)),
    ...dependencySteps(planning, container.dependsOn),
    ...outputSteps(planning, container),
    ...(sharesProcesses(container) ? applicationSteps(planning, pod) : []),
  ];
  if (verdict.action === 'start' || verdict.action === 'restart') {
    if (verdict.action === 'restart') {
      const args = { name: container.name, grace: container.stopGracePeriod };
      needs.push(builder.add('stopContainer', container.name, args, verdict.reason));
    }
    builder.add('startContainer', container.name, { name: container.name }, verdict.reason, needs);
    return;
  }
  if (present) needs.push(...removeContainers(planning, [present], verdict.reason));
  const renewed = planning.options.renewVolumes === true && container.role === 'application';
  const args = { pod, container, ...(renewed && { renewVolumes: true }) };
  const reason = present ? `${verdict.reason}${lossOf(container, present, renewed)}` : verdict.reason;
  builder.add('createContainer', container.name, args, reason, needs);
}

type ContainerAction =
  | { readonly action: 'create' | 'start' | 'restart'; readonly reason: string }
  | undefined;

/** What has to be done about a container, and why. Agents are made anew rather than started: they keep nothing. */
function judge(
  planning: Planning,
  pod: PodSpec,
  container: ContainerSpec,
  present: ObservedContainer | undefined,
  existing: readonly ObservedContainer[],
  sandbox: SandboxOutcome,
): ContainerAction {
  const { options } = planning;
  if (!present) return { action: 'create', reason: 'it does not exist' };
  if (sandbox.containers === 'create') return { action: 'create', reason: sandbox.reason };
  const change = options.mode === 'up' ? changeOf(planning, pod, container, present) : undefined;
  if (change !== undefined) return { action: 'create', reason: change };
  const application = container.role === 'application';
  if (planning.observed.strays[present.name]?.files && (options.mode === 'up' || !application))
    return { action: 'create', reason: 'its files in the state folder are gone' };
  switch (present.state) {
    case 'paused':
      return undefined;
    case 'running': {
      const reason = strandedBecause(planning, container, present, sandbox);
      if (reason !== undefined) return { action: application ? 'restart' : 'create', reason };
      return sharesProcesses(container) ? judgeSharer(planning, present, existing) : undefined;
    }
    default: {
      const held =
        options.mode === 'heal' &&
        present.state === 'stopped' &&
        !endedWith(sandbox, present) &&
        !options.mayRestart?.(present);
      if (!held) return startAction(container, present);
      // It did not fail: it ended with the processes that it shared.
      return sharesProcesses(container) ? judgeSharer(planning, present, existing) : undefined;
    }
  }
}

function startAction({ role }: ContainerSpec, present: ObservedContainer): ContainerAction {
  const startable = role === 'application' && !neverStarted(present);
  return { action: startable ? 'start' : 'create', reason: `it is ${present.state}` };
}

/** Whether a container did not end by itself, but with all of its pod: its restart policy says nothing about that. */
function endedWith({ ended }: SandboxOutcome, { finishedAt }: ObservedContainer): boolean {
  return ended !== undefined && finishedAt !== undefined && finishedAt >= ended - goingDown;
}

/** Why a container is not the one that is specified. */
function changeOf(
  { options, observed, builder }: Planning,
  { service }: PodSpec,
  container: ContainerSpec,
  present: ObservedContainer,
): string | undefined {
  const application = container.role === 'application';
  if (options.keep && application) return undefined;
  if (present.labels[label.hash] !== options.hash(definitionOf(container)))
    return containerChange(options, container, present);
  const image = observed.images[container.image];
  const renewed = builder.has(`obtainImage ${container.image}`);
  if (renewed || (image !== undefined && image !== present.imageId))
    return `image ${container.image} is another than it was made from`;
  return application && options.force?.has(service ?? '') ? '--force-recreate' : undefined;
}

/** Why a container that runs lives in a namespace that is gone. */
function strandedBecause(
  { builder, observed }: Planning,
  container: ContainerSpec,
  present: ObservedContainer,
  sandbox: SandboxOutcome,
): string | undefined {
  if (sandbox.containers === 'restart') return sandbox.reason;
  if (observed.strays[present.name]?.network) return 'its sandbox was started again';
  // What listens on the old link, or is bound to it, hears nothing on the new one.
  const relinked = container.role === 'agent' && builder.has(`connectManagement ${podOf(present)}`);
  return relinked ? 'its management link is new' : undefined;
}

/** An agent that shares the application's processes lives no longer than the application's container. */
function judgeSharer(
  { builder, observed }: Planning,
  present: ObservedContainer,
  existing: readonly ObservedContainer[],
): ContainerAction {
  const application = existing.find((candidate) => candidate.labels[label.container] === 'app');
  if (!application) return undefined;
  const renewed = ['createContainer', 'startContainer'].some((kind) =>
    builder.has(`${kind} ${application.name}`),
  );
  if (!renewed && !observed.strays[present.name]?.processes) return undefined;
  return { action: 'create', reason: 'the container whose processes it shares was started again' };
}

function applicationSteps({ builder }: Planning, pod: PodSpec): string[] {
  const names = pod.containers
    .filter((container) => container.role === 'application')
    .map(({ name }) => name);
  return [...builder.idsOf('createContainer', names), ...builder.idsOf('startContainer', names)];
}

/** Whether there are processes to share, or will be. */
function applicationRuns(planning: Planning, pod: PodSpec, existing: readonly ObservedContainer[]): boolean {
  const application = existing.find((candidate) => candidate.labels[label.container] === 'app');
  return application?.state === 'running' || applicationSteps(planning, pod).length > 0;
}

function sharesProcesses(container: ContainerSpec): boolean {
  return container.sharing?.includes('pid') === true;
}

function volumesOf(container: ContainerSpec): string[] {
  return container.mounts.flatMap((mount) => (mount.type === 'volume' && mount.source ? [mount.source] : []));
}

function sandboxName(pod: PodSpec): string {
  return pod.sandbox.kind === 'own' ? pod.sandbox.name : '';
}
