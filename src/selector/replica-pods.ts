import type { PodSpec } from './spec.ts';

/** The pods that a service is: all its replicas. */
export function replicaPods({ pods }: { readonly pods: readonly PodSpec[] }, service: string): PodSpec[] {
  return pods.filter((pod) => pod.role === 'service' && pod.service === service);
}
