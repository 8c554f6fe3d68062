import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { FarPod } from '../selector/far-pod.ts';
import type { DependencySpec, DeploymentSpec } from '../selector/spec.ts';
import type { Observed } from './observed.ts';

/** What is asked of other nodes about an application that is over several. */
export interface Far {
  /** The sandboxes of what other nodes have of it, as far as they can be seen from here: where they are on networks of both. */
  sandboxes(spec: DeploymentSpec): Promise<readonly ObservedContainer[]>;
  /**
   * Waits until every replica of a service of another node is as `depends_on` wants it.
   * @throws HeddleError ERR_NODE_AWAY, ERR_SERVICE_UNHEALTHY, ERR_SERVICE_ENDED, ERR_TIMEOUT
   */
  awaitService(
    project: string,
    dependency: DependencySpec,
    pods: readonly FarPod[],
    signal?: AbortSignal,
  ): Promise<void>;
}

/** A pod elsewhere as functions and chains regard it: a sandbox that runs and has addresses. */
export function farSandbox(
  { name, service }: FarPod,
  networks: ObservedContainer['networks'],
): ObservedContainer {
  return {
    id: '',
    name,
    labels: {
      [label.pod]: name,
      [label.service]: service,
      [label.role]: 'sandbox',
      [label.podRole]: 'service',
    },
    image: '',
    imageId: '',
    state: 'running',
    networks,
    ports: [],
  };
}

/** With `containers` of this node, all whose addresses are known: also those of others. */
export async function withFar(
  { far, spec }: { readonly far: Pick<Far, 'sandboxes'>; readonly spec: DeploymentSpec },
  containers: readonly ObservedContainer[],
): Promise<readonly ObservedContainer[]> {
  return knownContainers({ containers, elsewhere: await far.sandboxes(spec) });
}

/** The same of what was observed. */
export function knownContainers({
  containers,
  elsewhere = [],
}: Pick<Observed, 'containers' | 'elsewhere'>): readonly ObservedContainer[] {
  return elsewhere.length === 0 ? containers : [...containers, ...elsewhere];
}
