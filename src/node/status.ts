import type { ContainerStatus } from '../api/messages.ts';
import type { ObservedContainer } from '../engines/engine.ts';
import { isOneOff, label } from '../lib/labels.ts';
import type { Wire } from '../networks/wire/wire.ts';
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

/**
 * What `ps` says of a service that a firewall should stand in front of and does not, or not on all its ways.
 * `wires`: those that are there; `functions`: those that have rules.
 */
export function guardNote(
  { pod, role, state }: Pick<ContainerStatus, 'pod' | 'role' | 'state'>,
  desired: Desired | undefined,
  wires: readonly Wire[],
  functions: Readonly<Record<string, string>>,
): string | null {
  const through = desired?.spec.pods.find(({ name }) => name === pod)?.through;
  if (through === undefined || role !== 'application' || state !== 'running') return null;
  const wire = wires.find((one) => one.pod === pod && one.function === through);
  if (!wire?.whole) return `NOT GUARDED: its traffic does not all pass ${through}`;
  return functions[through] === undefined ? `NOT GUARDED: ${through} has no rules` : null;
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
