import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerStatus } from '../../api/messages.ts';
import { type Far, farSandbox } from '../../deploy/far.ts';
import type { ObservedAddress } from '../../engines/observed.ts';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { readIfThere } from '../../networks/standard/ensure.ts';
import type { Networks } from '../../networks/standard/networking-service.ts';
import type { DependencySpec, FarPod } from '../../selector/spec.ts';
import { endpointAddress } from '../networking/with-networking.ts';
import type { Peers } from './peers.ts';

/** Milliseconds between two looks, and until somebody who is not there will not come. */
const interval = 250;
const timeout = 10 * 60_000;

/** What this node sees of the parts of applications that others have. `networking`: with the endpoints of all nodes. */
export function farApplication(networking: Networks, peers: Peers | undefined): Far {
  const addressOf = async (pod: FarPod, network: string): Promise<ObservedAddress[]> => {
    const endpoint = await readIfThere(networking.endpoints(network), pod.name);
    return endpoint?.node === pod.node ? [endpointAddress(endpoint)] : [];
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
      const isOver = () => waiting.size === 0;
      const look = async () => {
        for (const node of new Set([...waiting].map((pod) => pod.node))) {
          const rows = await statusOn(peers, node, project, dependency.service);
          const isReached = (pod: FarPod) =>
            pod.node === node &&
            isSo(
              dependency,
              rows.find(({ name }) => name === pod.container),
            );
          for (const pod of [...waiting].filter(isReached)) waiting.delete(pod);
        }
      };
      await lookUntil(look, isOver, dependency, signal);
    },
  };
}

async function lookUntil(
  look: () => Promise<void>,
  isOver: () => boolean,
  { service, condition }: DependencySpec,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!signal?.aborted) {
    await look();
    if (isOver()) return;
    const state = condition.replace('service_', '');
    if (performance.now() > deadline)
      throw new HeddleError('ERR_TIMEOUT', `${service}: not ${state} after ${timeout / 60_000} minutes`);
    await sleep(interval, undefined, signal ? { signal } : {}).catch(() => {});
  }
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

/** @throws HeddleError where it cannot become so any more */
function isSo({ service, condition }: DependencySpec, row: ContainerStatus | undefined): boolean {
  if (!row) return false;
  const { name, state, health, exitCode } = row;
  if (health === 'unhealthy' && condition === 'service_healthy')
    throw new HeddleError('ERR_SERVICE_UNHEALTHY', `${service}: ${name} is unhealthy`);
  switch (condition) {
    case 'service_healthy':
      return state === 'running' && health === 'healthy';
    case 'service_completed_successfully':
      if (exitCode !== null && exitCode !== 0)
        throw new HeddleError('ERR_SERVICE_ENDED', `${service}: ${name} ended with exit code ${exitCode}`);
      return exitCode === 0;
    case 'service_started':
      return state === 'running' || exitCode === 0;
  }
}
