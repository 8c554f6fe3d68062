import { kindNamed } from '../networks/path/kinds.ts';
import type { DeploymentSpec, PodSpec } from './spec.ts';

/** The pods of all functions that a pod's traffic passes, those of its chains before those of its path; each once. */
export function functionsOf({ path, chains = [] }: Pick<PodSpec, 'path' | 'chains'>): string[] {
  return [...new Set([...chains.flatMap((chain) => chain.path), ...path])];
}

/** Whether a pod is a function that the traffic of several may pass. */
export function isSharedFunction({ forwards }: Pick<PodSpec, 'forwards'>): boolean {
  return forwards !== undefined && forwards.pod === undefined;
}

/** Whether a function forwards by the kernel's routing, whether only what its rules have seen, and where, as a proxy, it listens. */
export function routingOf({ function: fn, forwards }: Pick<PodSpec, 'function' | 'forwards'>): {
  readonly isRouted: boolean;
  readonly isGated: boolean;
  readonly listensAt?: number;
} {
  const isGated = fn !== undefined && kindNamed(fn.kind).isRouted === true;
  const isRouted = isGated || (forwards !== undefined && forwards.mode !== 'wire');
  return { isRouted, isGated, ...(forwards?.port !== undefined && { listensAt: forwards.port }) };
}

/** Services with those that are functions which their traffic passes. */
export function withFunctions({ pods }: Pick<DeploymentSpec, 'pods'>, services: readonly string[]): string[] {
  const passed = new Set(pods.filter(({ service = '' }) => services.includes(service)).flatMap(functionsOf));
  const functions = pods.flatMap((pod) =>
    isSharedFunction(pod) && passed.has(pod.name) ? (pod.service ?? []) : [],
  );
  return [...new Set([...services, ...functions])];
}

/** The chain that a function of the catalogue stands in; empty: none, it is a service's own. */
export function chainOf({ pods }: Pick<DeploymentSpec, 'pods'>, fn: string): string {
  const chains = pods.flatMap((pod) => pod.chains ?? []);
  return chains.find(({ path }) => path.includes(fn))?.chain ?? '';
}
