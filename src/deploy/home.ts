import type { ContainerHome } from '../engines/workloads.ts';
import { HeddleError } from '../lib/errors.ts';
import { label } from '../lib/labels.ts';
import { sandboxName } from '../selector/pod-names.ts';
import type { ContainerSpec, PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { nameMounts } from './pod-names.ts';

/** Where a container of a pod lives: whose namespaces it joins, and what its mounts are on this host. */
export async function homeOf(
  context: DeployContext,
  pod: PodSpec,
  container: ContainerSpec,
): Promise<ContainerHome> {
  const application = pod.containers.find((other) => other.role === 'application');
  await refuseManagement(context, pod);
  const names = await nameMounts(context, pod, container);
  return {
    network: networkOf(pod),
    ...hostnameOf(context, pod),
    mounts: await context.folder.resolveMounts({ ...container, mounts: [...container.mounts, ...names] }),
    ...(container.sharing?.includes('pid') && application && { pid: application.name }),
  };
}

/** Who is in the namespace of a function decides what passes it: no application's container goes there. */
async function refuseManagement({ engine }: DeployContext, { name, sandbox }: PodSpec): Promise<void> {
  if (sandbox.kind !== 'container') return;
  const target = await engine.workloads.inspect(sandbox.container);
  const labels = target?.labels ?? {};
  const application = [labels[label.podRole], labels[label.role]].some(
    (role) => role === 'service' || role === 'application',
  );
  if (labels[label.project] === undefined || application) return;
  throw new HeddleError(
    'ERR_FEATURE_IMPOSSIBLE',
    `${name}: it would join the namespace of ${target?.name}, which manages ${labels[label.project]}`,
  );
}

function networkOf({ sandbox }: PodSpec): ContainerHome['network'] {
  switch (sandbox.kind) {
    case 'own':
      return { container: sandbox.name };
    case 'pod':
      return { container: sandboxName(sandbox.pod) };
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
