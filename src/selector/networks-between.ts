import type { PodSpec } from './spec.ts';

/** Names of the networks that replicas of two services are both on. */
export function commonNetworks(pods: readonly PodSpec[], from: string, to: string): string[] {
  const there = new Set(networksOf(pods, to));
  return networksOf(pods, from).filter((network) => there.has(network));
}

function networksOf(pods: readonly PodSpec[], service: string): string[] {
  const pod = pods.find((candidate) => candidate.role === 'service' && candidate.service === service);
  return pod?.sandbox.kind === 'own' ? pod.sandbox.networks.map(({ network }) => network) : [];
}
