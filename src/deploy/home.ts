import type { ContainerHome } from '../engines/engine.ts';
import type { ContainerSpec, PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';

/** Where a container of a pod lives: whose namespaces it joins, and what its mounts are on this host. */
export async function homeOf(
  context: DeployContext,
  pod: PodSpec,
  container: ContainerSpec,
): Promise<ContainerHome> {
  const application = pod.containers.find((other) => other.role === 'application');
  return {
    network: networkOf(pod),
    ...hostnameOf(context, pod),
    mounts: await context.folder.resolveMounts(container),
    ...(container.sharing?.includes('pid') && application && { pid: application.name }),
  };
}

function networkOf({ sandbox }: PodSpec): ContainerHome['network'] {
  switch (sandbox.kind) {
    case 'own':
      return { container: sandbox.name };
    case 'pod':
      return { container: `${sandbox.pod}.sandbox` };
    case 'container':
      return { container: sandbox.container };
    case 'host':
      return 'host';
  }
}

function hostnameOf({ spec }: DeployContext, { sandbox }: PodSpec): Pick<ContainerHome, 'hostname'> {
  const owner =
    sandbox.kind === 'pod' ? spec.pods.find(({ name }) => name === sandbox.pod)?.sandbox : sandbox;
  return owner?.kind === 'own' && owner.hostname !== undefined ? { hostname: owner.hostname } : {};
}
