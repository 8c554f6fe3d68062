import type { ApplicationSummary } from '../api/messages.ts';
import { podOf } from '../deploy/observed.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import { isName } from '../lib/names.ts';
import { functionNamespace, managementNamespace, patchNamespace } from '../networks/namespaces.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { Applications } from './applications.ts';

/** All applications that are wanted or there, in a few words each. */
export async function summariesOf(applications: Applications): Promise<ApplicationSummary[]> {
  const projects = new Set([
    // Anybody can give a container a label.
    ...(await applications.engine.workloads.projects()).filter((project) => isName('project', project)),
    ...applications.allDesired().map(({ spec }) => spec.project),
  ]);
  return Promise.all(
    [...projects].sort().map(async (project) => {
      const containers = await applications.engine.workloads.containers(project);
      const spec = applications.desired(project)?.spec;
      const services = new Set(spec?.pods.flatMap((pod) => (pod.role === 'service' ? [pod.service] : [])));
      return {
        project,
        services: services.size,
        running: containers.filter((container) => container.state === 'running').length,
        containers: containers.length,
        files: spec?.source.files ?? [],
        namespaces: namespacesOf(project, spec, containers),
      };
    }),
  );
}

/** Of the functions that are wanted, and of those that are there. */
function namespacesOf(
  project: string,
  spec: DeploymentSpec | undefined,
  containers: readonly ObservedContainer[],
): string[] {
  const wanted =
    spec?.pods.flatMap(({ name, function: fn, forwards }) => (fn || forwards ? [name] : [])) ?? [];
  const present = containers
    .filter(({ labels }) => labels[label.podRole] === 'function' && isName('container', labels[label.pod]))
    .map(podOf);
  return [
    managementNamespace(project),
    patchNamespace(project),
    ...new Set([...wanted, ...present].map(functionNamespace)),
  ];
}
