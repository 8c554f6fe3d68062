import type { PodChain } from './chain-spec.ts';
import { isSharedFunction } from './led.ts';
import type { DeploymentSpec, PodSpec } from './spec.ts';

/**
 * Chains through all instances that a specification has of each function that is shared, whatever they were made from: of pods that
 * come from one specification, led through functions that come from another. Pure.
 * @param others pods of that other
 */
export function throughInstances(spec: DeploymentSpec, others: readonly PodSpec[] = []): DeploymentSpec {
  const services = new Map(
    [...others, ...spec.pods].flatMap((pod) =>
      isSharedFunction(pod) && pod.service !== undefined ? [[pod.name, pod.service] as const] : [],
    ),
  );
  if (services.size === 0) return spec;
  const instances = Map.groupBy(
    spec.pods.filter((pod) => isSharedFunction(pod)),
    ({ service = '' }) => service,
  );
  const through = (chain: PodChain): PodChain => {
    const { instances: _instances, ...rest } = chain;
    const stages = [...new Set(chain.path.map((fn) => services.get(fn) ?? fn))].map((stage) => {
      const pods = instances.get(stage)?.map(({ name }) => name);
      return { stage, pods: pods ?? chain.path.filter((fn) => fn === stage || services.get(fn) === stage) };
    });
    const several = stages
      .filter(({ pods }) => pods.length > 1)
      .map(({ stage, pods }) => [stage, pods] as const);
    return {
      ...rest,
      path: stages.flatMap(({ pods }) => pods),
      ...(several.length > 0 && { instances: Object.fromEntries(several) }),
    };
  };
  return {
    ...spec,
    pods: spec.pods.map((pod) => (pod.chains ? { ...pod, chains: pod.chains.map(through) } : pod)),
  };
}
