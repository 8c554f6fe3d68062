import type { ContainerStatus } from '../../api/messages.ts';
import { awaitCondition, isHealthy } from '../../deploy/await-condition.ts';
import { type Far, farSandbox } from '../../deploy/far.ts';
import type { ObservedAddress } from '../../engines/observed.ts';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { readIfThere } from '../../networks/standard/ensure.ts';
import type { Networks } from '../../networks/standard/networking-service.ts';
import type { FarPod } from '../../selector/far-pod.ts';
import { startsAgain } from '../../selector/restart.ts';
import type { DependencySpec } from '../../selector/spec.ts';
import { endpointAddress } from '../networking/with-networking.ts';
import type { Peers } from './peers.ts';

/** Milliseconds between two looks: each is a connection. */
const interval = 250;

/** What this node sees of the parts of applications that others have. `networking`: with the endpoints of all nodes. */
export function farApplication(networking: Networks, peers: Peers | undefined): Far {
  const addressOf = async (pod: FarPod, network: string): Promise<ObservedAddress[]> => {
    const endpoint = await readIfThere(networking.endpoints(network), pod.name);
    if (endpoint?.node !== pod.node) return [];
    const { relay } = (await readIfThere(networking.networks, network))?.status.observed ?? {};
    return [{ ...endpointAddress(endpoint), ...(typeof relay === 'string' && { mac: relay }) }];
  };
  return {
    sandboxes: async ({ elsewhere = [] }) => {
      const all = elsewhere.map(async (pod) => {
        const networks = await Promise.all(pod.networks.map((network) => addressOf(pod, network)));
        return farSandbox(pod, networks.flat());
      });
      return (await Promise.all(all)).filter(({ networks }) => networks.length > 0);
    },
    awaitService: async (project, dependency, pods, signal) => {
      const waiting = new Set(pods);
      const look = async () => {
        for (const [node, theirs] of Map.groupBy(waiting, (pod) => pod.node)) {
          const rows = await statusOn(peers, node, project, dependency.service);
          for (const pod of theirs) {
            const row = rows.find(({ name }) => name === pod.container);
            if (row && isSo(dependency, pod, row)) waiting.delete(pod);
          }
        }
        return waiting.size === 0;
      };
      await awaitCondition(dependency, interval, look, signal);
    },
  };
}

const notYet: ReadonlySet<string> = new Set([
  'ERR_PROJECT_UNKNOWN',
  'ERR_SERVICE_UNKNOWN',
  'ERR_NODE_ABSENT',
]);

/** Nothing yet where the other node has not begun. */
async function statusOn(
  peers: Peers | undefined,
  node: string,
  project: string,
  service: string,
): Promise<readonly ContainerStatus[]> {
  if (!peers)
    throw new HeddleError('ERR_NODE_AWAY', `node ${node}: this one shares its networks with no other`);
  const client = await peers.client(node);
  try {
    return await client.status(project, [service]);
  } catch (error) {
    // One that is there, and has too much to do to answer, is asked again; that it is away, its lease says.
    if (notYet.has(toHeddleError(error).code)) return [];
    throw error;
  }
}

/** @throws HeddleError ERR_SERVICE_UNHEALTHY, ERR_SERVICE_ENDED where it cannot become so any more */
function isSo(
  { service, condition }: DependencySpec,
  { restart }: FarPod,
  { name, id, state, health, exitCode }: ContainerStatus,
): boolean {
  if (condition === 'service_created') return id !== null;
  if (condition === 'service_started') return state === 'running' || exitCode !== null;
  if (state === 'stopped' && exitCode !== null) {
    if (condition === 'service_completed_successfully' && exitCode === 0) return true;
    if (startsAgain(restart, exitCode)) return false;
    throw new HeddleError('ERR_SERVICE_ENDED', `${service}: ${name} ended with exit code ${exitCode}`, {
      hint: `\`heddle logs ${service}\` shows what it said`,
    });
  }
  return condition === 'service_healthy' && isHealthy(service, { name, state, health: health ?? undefined });
}
