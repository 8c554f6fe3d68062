import type { PodSpec } from '../../selector/spec.ts';
import { endpointWishes } from '../network-wish.ts';
import type { Planning } from './planning.ts';

/** Ids of the steps that connect a pod, of those that are planned. */
export function connectionsOf({ spec, builder }: Planning, pod: PodSpec): string[] {
  const networks = [...endpointWishes(pod, spec.networks).keys()];
  return builder.idsOf(
    'connectEndpoint',
    networks.map((network) => `${pod.name} ${network}`),
  );
}
