import { carriesIp } from '../networks/archetypes.ts';
import type { PodSpec, SandboxNetwork } from './spec.ts';

type Place = Pick<SandboxNetwork, 'network' | 'owner'>;

/** The networks that replicas of two services are both on, and on which they reach each other by IP. */
export function commonNetworks(pods: readonly PodSpec[], from: string, to: string): Place[] {
  const there = new Set(networksOf(pods, to).map(({ network }) => network));
  return networksOf(pods, from).filter(({ network }) => there.has(network));
}

function networksOf(pods: readonly PodSpec[], service: string): Place[] {
  const pod = pods.find((candidate) => candidate.role === 'service' && candidate.service === service);
  if (pod?.sandbox.kind !== 'own') return [];
  return pod.sandbox.networks
    .filter(({ owner }) => owner === undefined || carriesIp(owner))
    .map(({ network, owner }) => ({ network, ...(owner !== undefined && { owner }) }));
}
