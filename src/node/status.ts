import type { ContainerStatus } from '../api/messages.ts';
import type { ObservedContainer } from '../engines/engine.ts';
import { label } from '../lib/labels.ts';

/** What `ps` shows of a container. The published ports are those of its pod's sandbox. */
export function containerStatus(
  container: ObservedContainer,
  all: readonly ObservedContainer[],
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
    service: labels[label.service] ?? null,
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
  };
}
