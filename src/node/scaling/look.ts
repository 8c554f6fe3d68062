import { readFile } from 'node:fs/promises';
import { addressesOf } from '../../deploy/function-inputs.ts';
import { sandboxIn } from '../../deploy/running-sandbox.ts';
import type { ScaleMetric } from '../../descriptor/scaling.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { parseConnections } from '../../lib/connections.ts';
import { parseListening } from '../../lib/listening.ts';
import { parseCounters } from '../../lib/net-dev.ts';
import { readUsage } from '../../monitor/cost/cgroup.ts';
import { managementInterface } from '../../networks/management/bridge.ts';
import { readTelemetry } from '../../networks/path/telemetry/read.ts';
import type { PodChain } from '../../selector/chain-spec.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { plainAddress, type Sockets, sessionsOf, sessionsTo } from './sessions.ts';
import type { SeenReplica, Sight } from './sight.ts';

/** Reads what metrics of a service are made from. What cannot be read is left out. */
export async function lookAt(
  spec: DeploymentSpec,
  service: string,
  metrics: ReadonlySet<ScaleMetric>,
  containers: readonly ObservedContainer[],
): Promise<Sight> {
  const pods = replicaPods(spec, service);
  const isFunction = pods.some(({ forwards }) => forwards !== undefined);
  const [replicas, through, telemetry] = await Promise.all([
    Promise.all(pods.map((pod) => lookAtReplica(pod, metrics, isFunction, containers))),
    metrics.has('sessions') && isFunction ? sessionsThrough(spec, pods, containers) : undefined,
    metrics.has('delay') ? readTelemetry(spec.project, []).catch(() => undefined) : undefined,
  ]);
  return {
    at: performance.now(),
    replicas,
    ...(through !== undefined && { through }),
    ...(telemetry && { telemetry }),
  };
}

async function lookAtReplica(
  pod: PodSpec,
  metrics: ReadonlySet<ScaleMetric>,
  isFunction: boolean,
  containers: readonly ObservedContainer[],
): Promise<SeenReplica> {
  const wanted = pod.containers.find(({ role }) => role === 'application');
  const found = containers.find(({ name }) => name === wanted?.name);
  const limit = wanted?.resources.limits.cpus ?? 1;
  if (found?.state !== 'running' || found.pid === undefined) return { pod: pod.name, age: 0, limit };
  const holder = sandboxIn(containers, pod)?.pid;
  const [usage, packets, sockets] = await Promise.all([
    metrics.has('cpu') ? readUsage(found.pid, found.id) : undefined,
    metrics.has('packets') && holder !== undefined ? readPackets(holder) : undefined,
    metrics.has('sessions') && !isFunction && holder !== undefined ? readSockets(holder) : undefined,
  ]);
  return {
    pod: pod.name,
    run: `${found.id} ${found.startedAt}`,
    age: Date.now() - (found.startedAt ?? Date.now()),
    limit,
    ...(usage && { cpu: usage.cpu }),
    ...(packets && { packets }),
    ...(sockets && { sessions: sessionsTo(sockets) }),
  };
}

/** Open connections through a function, from the sockets of those that are led through it. Nothing where one cannot be read. */
async function sessionsThrough(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  instances: readonly PodSpec[],
  containers: readonly ObservedContainer[],
): Promise<number | undefined> {
  const names = new Set(instances.map(({ name }) => name));
  const each = await Promise.all(
    pods.map(async (pod) => {
      const led = pod.chains?.filter(({ path }) => path.some((fn) => names.has(fn))) ?? [];
      if (led.length === 0) return 0;
      const pid = sandboxIn(containers, pod)?.pid;
      const sockets = pid === undefined ? undefined : await readSockets(pid);
      const sessions = (chain: PodChain, own: Sockets) =>
        sessionsOf(chain, own, peersOf(chain, pods, containers));
      return sockets && led.reduce((sum, chain) => sum + sessions(chain, sockets), 0);
    }),
  );
  return each.reduce<number | undefined>(
    (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0,
  );
}

/** Addresses of who is at a chain's other end; nothing where that may be anybody. */
function peersOf(
  { peer }: PodChain,
  pods: readonly PodSpec[],
  containers: readonly ObservedContainer[],
): ReadonlySet<string> | undefined {
  if (peer.kind !== 'service') return undefined;
  const places = pods.filter(({ service }) => service === peer.service);
  const addresses = places.flatMap(({ name }) => addressesOf(containers, name));
  return new Set(addresses.flatMap(({ ipv4, ipv6 }) => [ipv4 ?? [], ipv6 ?? []].flat().map(plainAddress)));
}

/** Of the network namespace that a process lives in; nothing when it is gone. */
async function readSockets(pid: number): Promise<Sockets | undefined> {
  try {
    const texts = await Promise.all(
      ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')),
    );
    const text = texts.join('\n');
    return { connections: parseConnections(text), listening: parseListening('tcp', text) };
  } catch {
    return undefined;
  }
}

/** Packets that came in, by interface, but for those of management. */
async function readPackets(pid: number): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const counters = parseCounters(await readFile(`/proc/${pid}/net/dev`, 'utf8'));
    const own = counters.filter(({ name }) => name !== 'lo' && name !== managementInterface);
    return new Map(own.map(({ name, received }) => [name, received.packets]));
  } catch {
    return undefined;
  }
}
