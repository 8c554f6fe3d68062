import type { ObservedAddress, ObservedContainer } from '../engines/observed.ts';
import type { PodChain } from '../selector/chain-spec.ts';
import type { DeploymentSpec, PodSpec } from '../selector/spec.ts';
import { addressesOf, podsOfService } from './function-inputs.ts';

/** All that a pod's chains depend on: when it changes, its traffic is led anew. */
export interface ChainInputs {
  readonly chains: readonly PodChain[];
  /** Where those are that it has chains with, by service; sorted. Who does not run is nowhere. */
  readonly peers: Readonly<Record<string, readonly ObservedAddress[]>>;
}

/** Nothing: the pod has no chains. */
export function chainInputs(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
  { name, chains }: Pick<PodSpec, 'name' | 'chains'>,
): ChainInputs | undefined {
  if (!chains) return undefined;
  const running = containers.filter(({ state }) => state === 'running');
  const peers = peerServices({ chains }).map((service) => {
    const pods = podsOfService(spec, running, service).filter((pod) => pod !== name);
    return [service, pods.sort().flatMap((pod) => addressesOf(running, pod))] as const;
  });
  return { chains, peers: Object.fromEntries(peers) };
}

/** The services that a pod has chains with. */
export function peerServices({ chains = [] }: Pick<PodSpec, 'chains'>): string[] {
  const services = chains.flatMap(({ peer }) => (peer.kind === 'service' ? peer.service : []));
  return [...new Set(services)].sort();
}
