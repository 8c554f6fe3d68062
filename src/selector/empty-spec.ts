import type { DeploymentSpec } from './spec.ts';

/** The specification of a project that has nothing. */
export function emptySpec(project: string): DeploymentSpec {
  return {
    project,
    source: { dir: '/', files: [] },
    images: {},
    networks: [],
    volumes: [],
    pods: [],
    features: [],
  };
}
