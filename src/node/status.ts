import type { ContainerStatus } from '../api/messages.ts';
import { hasOthers, ledNow } from '../deploy/stopped.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { isOneOff, label } from '../lib/labels.ts';
import { kindNamed } from '../networks/path/kinds.ts';
import type { ObservedPath } from '../networks/path/observe.ts';
import type { PodChain } from '../selector/chain-spec.ts';
import { functionsOf } from '../selector/led.ts';
import type { Desired } from './desired.ts';
import { indexOf } from './replica.ts';

/** What `ps` shows of a container. The published ports are those of its pod's sandbox. */
export function containerStatus(
  container: ObservedContainer,
  all: readonly ObservedContainer[],
  wanted: ReadonlySet<string>,
): ContainerStatus {
  const { labels } = container;
  const pod = labels[label.pod] ?? '';
  const role = labels[label.role] ?? '';
  const sandbox = all.find(
    (other) => other.labels[label.pod] === pod && other.labels[label.role] === 'sandbox',
  );
  const ports = role === 'application' ? (sandbox?.ports ?? []) : [];
  return {
    name: container.name,
    id: container.id,
    service: labels[label.service] ?? null,
    index: indexOf(container),
    pod,
    role,
    feature: labels[label.feature] ?? null,
    image: container.image,
    state: container.state,
    health: container.state === 'running' ? (container.health ?? null) : null,
    exitCode: container.exitCode ?? null,
    startedAt: container.startedAt === undefined ? null : new Date(container.startedAt).toISOString(),
    ports: ports.map((port) => `${port.host}->${port.target}`),
    note: null,
    oneOff: isOneOff(labels),
    orphan: !isOneOff(labels) && !wanted.has(pod),
  };
}

/** Functions of any image that nothing passes. */
export interface OutOfService {
  /** Those that do not run, or are not ready. */
  readonly stopped: ReadonlySet<string>;
  /** Of these, those that are not ready. */
  readonly unready?: Pick<ReadonlySet<string>, 'has'>;
  /** Versions before that go on in their place, where a chain is open on failure. */
  readonly standIns?: ReadonlyMap<string, readonly { readonly name: string }[]>;
}

/**
 * What `ps` says of a service that a function should stand in front of and does not, or not on all its ways; of its own or of a
 * chain. `paths`: those that are there; `functions`: those of which something is in force.
 */
export function guardNote(
  { pod, role, state }: Pick<ContainerStatus, 'pod' | 'role' | 'state'>,
  desired: Desired | undefined,
  paths: readonly ObservedPath[],
  functions: Readonly<Record<string, string>>,
  out: OutOfService,
): string | null {
  const { stopped } = out;
  const specified = desired?.spec.pods.find(({ name }) => name === pod);
  const wanted = specified && ledNow(specified, stopped);
  const all = wanted ? functionsOf(wanted) : [];
  if (!wanted || (all.length === 0 && specified === wanted) || role !== 'application' || state !== 'running')
    return null;
  const now = paths.find((one) => one.pod === pod);
  const unguardedBy = now?.whole ? wanted.path.find((fn) => !now.path.includes(fn)) : wanted.path.join(', ');
  if (unguardedBy) return `NOT GUARDED: its traffic does not all pass ${unguardedBy}`;
  const broken = wanted.chains?.find(
    ({ chain, path }) => !now?.whole || path.some((fn) => !now.chains?.[chain]?.includes(fn)),
  );
  if (broken)
    return `NOT GUARDED: the traffic of the chain ${broken.chain} does not all pass ${broken.path.join(', ')}`;
  const without = specified?.chains?.flatMap((chain) => withoutNote(chain, out) ?? [])[0];
  if (without) return without;
  const idle = all.find((fn) => functions[fn] === undefined && isConfigured(fn, desired));
  return idle === undefined ? null : `NOT GUARDED: ${idle} has no rules`;
}

/** What a chain does whose functions do not all run. */
function withoutNote(
  chain: PodChain,
  { stopped, unready = new Set(), standIns = new Map() }: OutOfService,
): string | undefined {
  const missing = chain.path.filter((fn) => stopped.has(fn) && !hasOthers(chain, fn, stopped));
  if (missing.length === 0) return undefined;
  const whyOf = (fns: readonly string[]) =>
    fns.every((fn) => unready.has(fn)) ? 'is not ready' : 'does not run';
  const all = missing.join(', ');
  if (chain.onFailure !== 'open')
    return `CUT OFF: nothing of the chain ${chain.chain} passes while ${all} ${whyOf(missing)}`;
  const bypassed = missing.filter((fn) => !standIns.has(fn));
  const which = bypassed.join(', ');
  if (bypassed.length > 0)
    return `BYPASSED: the traffic of the chain ${chain.chain} passes without ${which}, which ${whyOf(bypassed)}`;
  const instead = missing.flatMap((fn) => standIns.get(fn) ?? []).map(({ name }) => name);
  return `NOT UPGRADED: the traffic of the chain ${chain.chain} passes ${[...new Set(instead)].join(', ')} in place of ${all}, which ${whyOf(missing)}`;
}

/** Whether Heddle tells a function what to do. One that is not known has to be told. */
function isConfigured(fn: string, desired: Desired | undefined): boolean {
  const pod = desired?.spec.pods.find(({ name }) => name === fn);
  return !pod || (pod.function !== undefined && kindNamed(pod.function.kind).configuration !== undefined);
}

/** Agents that were taken away have no container any more; `ps` shows them all the same, and what brings them back. */
export function detachedStatus(desired: Desired | undefined): ContainerStatus[] {
  return (desired?.detached ?? []).flatMap(({ container, reason, at }) => {
    const pod = desired?.spec.pods.find(({ containers }) =>
      containers.some(({ name }) => name === container),
    );
    const spec = pod?.containers.find(({ name }) => name === container);
    if (!pod || !spec) return [];
    return {
      name: container,
      id: null,
      service: pod.service ?? null,
      index: pod.index ?? null,
      pod: pod.name,
      role: spec.role,
      feature: spec.feature ?? null,
      image: spec.image,
      state: 'detached',
      health: null,
      exitCode: null,
      startedAt: null,
      ports: [],
      note: `since ${new Date(at).toISOString().slice(0, 19)}Z: used ${reason}; \`heddle up\` brings it back`,
      oneOff: false,
      orphan: false,
    };
  });
}
