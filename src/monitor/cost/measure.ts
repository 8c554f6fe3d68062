import type { ObservedContainer } from '../../engines/observed.ts';
import { label } from '../../lib/labels.ts';
import type { Sample, Subject } from '../../state/history.ts';
import { readUsage } from './cgroup.ts';
import { type Bytes, readTraffic, type Traffic } from './traffic.ts';

export interface Measurement {
  readonly subject: Subject;
  readonly sample: Sample;
}

/** Reads what the running containers of a project have used by now; those that have just ended are left out. */
export async function measure(
  project: string,
  containers: readonly ObservedContainer[],
  now: number,
): Promise<Measurement[]> {
  const podRoles = new Map(
    containers
      .map(({ labels }) => [labels[label.pod] ?? '', labels[label.podRole]] as const)
      .filter(([, role]) => role),
  );
  const measured = await Promise.all(
    containers.map(async (container): Promise<Measurement | undefined> => {
      const { id, name, pid, labels } = container;
      if (container.state !== 'running' || pid === undefined) return undefined;
      const [usage, traffic] = await Promise.all([readUsage(pid, id), readTraffic(pid)]);
      if (!usage || !traffic) return undefined;
      const pod = labels[label.pod] ?? '';
      const role = labels[label.role] ?? '';
      const service = labels[label.service];
      const feature = labels[label.feature];
      const subject: Subject = {
        id,
        project,
        name,
        pod,
        role,
        ...(service !== undefined && { service }),
        ...(feature !== undefined && { feature }),
      };
      return { subject, sample: { time: now, ...usage, ...bytesOf(role, podRoles.get(pod), traffic) } };
    }),
  );
  return measured.filter((one) => one !== undefined);
}

/** What of a pod's traffic is whose. What a function in the path passes on is the application's, not its own. */
export function bytesOf(
  role: string,
  podRole: string | undefined,
  { application, management }: Traffic,
): Bytes {
  const none = { sent: 0, received: 0 };
  if (role === 'application') return application;
  if (role === 'sandbox' || podRole === 'function') return none;
  if (podRole === 'service' || podRole === undefined) return management;
  return {
    sent: application.sent + management.sent,
    received: application.received + management.received,
  };
}

/** The node's own use. Its start begins its counters. */
export function measureNode(project: string, now: number): Measurement {
  const { user, system } = process.cpuUsage();
  return {
    subject: { id: `node/${project}`, project, name: 'heddle node', pod: '', role: 'node' },
    sample: {
      time: now,
      cpu: (user + system) / 1e6,
      memory: process.memoryUsage.rss(),
      sent: 0,
      received: 0,
    },
  };
}
