import { measure } from '../../src/monitor/cost/measure.ts';
import { ManagementBridge } from '../../src/networks/management/bridge.ts';
import type { BenchHost } from './bench-host.ts';
import { type ProcessUsage, processUsage } from './process-usage.ts';

/** What was used by a moment. CPU in seconds, memory and traffic in bytes. */
export interface Usage {
  readonly time: number;
  readonly containers: readonly ContainerUsage[];
  readonly node: ProcessUsage;
  /** Sent over the management link, by all who have one. */
  readonly management: number;
}

interface ContainerUsage {
  readonly name: string;
  readonly role: string;
  readonly service?: string;
  readonly cpu: number;
  readonly memory: number;
  /** On its networks, both ways. */
  readonly traffic: number;
}

/** The difference of two usages: CPU in cores, memory at the later moment, traffic in bytes a second. */
export interface Spent {
  readonly seconds: number;
  readonly containers: readonly {
    readonly name: string;
    readonly role: string;
    readonly cpu: number;
    readonly memory: number;
  }[];
  readonly node: { readonly cpu: number; readonly memory: number };
  /** Between services, between users and the application, and of the management. */
  readonly traffic: { readonly inside: number; readonly users: number; readonly management: number };
}

export async function readUsage({ host, engine }: BenchHost, project: string): Promise<Usage> {
  const time = Date.now();
  const [measured, ports, pid] = await Promise.all([
    engine.workloads.containers(project).then((containers) => measure(project, containers, time)),
    new ManagementBridge(project).ports(),
    host.nodePid(),
  ]);
  return {
    time,
    containers: measured.map(({ subject: { name, role, service }, sample }) => ({
      name,
      role,
      ...(service !== undefined && { service }),
      cpu: sample.cpu,
      memory: sample.memory,
      traffic: role === 'application' ? sample.sent + sample.received : 0,
    })),
    node: processUsage(pid),
    management: ports.reduce((sum, { sent }) => sum + sent, 0),
  };
}

/** `inner`: the service that only other services talk to, so that its traffic is what goes on inside. */
export function spent(before: Usage, after: Usage, inner: string): Spent {
  const seconds = (after.time - before.time) / 1000;
  const earlier = new Map(before.containers.map((container) => [container.name, container]));
  const traffic = (wanted: (service?: string) => boolean) =>
    after.containers
      .filter(({ service }) => wanted(service))
      .reduce((sum, { name, traffic: bytes }) => sum + bytes - (earlier.get(name)?.traffic ?? 0), 0) /
    seconds;
  const inside = traffic((service) => service === inner);
  return {
    seconds,
    containers: after.containers.map(({ name, role, cpu, memory }) => ({
      name,
      role,
      cpu: (cpu - (earlier.get(name)?.cpu ?? 0)) / seconds,
      memory,
    })),
    node: { cpu: (after.node.cpu - before.node.cpu) / seconds, memory: after.node.memory },
    traffic: {
      inside,
      users: traffic((service) => service !== inner) - inside,
      management: (after.management - before.management) / seconds,
    },
  };
}
