import type { SharingLevel } from '../catalogue/sharing.ts';
import { managementAddress } from './addresses.ts';
import { type AgentTemplate, containerFrom, plainSandbox } from './containers.ts';
import type { Deployment } from './deployment.ts';
import type { FeatureUse } from './features.ts';
import { capabilitiesOf } from './file-view.ts';
import { functionPod } from './function-pod.ts';
import { commonNetworks } from './networks-between.ts';
import type { ContainerSpec, FeatureInstance, MountSpec, PodSpec, SandboxNetwork } from './spec.ts';
import { besidePodName, collectorPodName, contextOf, endOf } from './template-context.ts';

type Member = { readonly pod: string; readonly container: string };

/** Adds one feature's agents to the pods it is for, and its collector once an application. */
export function placeFeature(deployment: Deployment, use: FeatureUse): void {
  const { template } = use;
  const collector = template.collector && ensureCollector(deployment, use);
  const agents = Object.entries(template.agents).flatMap(([name, agent]) => {
    if (agent.place === 'replica') return placeInReplicas(deployment, use, name, agent);
    if (agent.place === 'path') return placeInPath(deployment, use, name, agent);
    return [placeBeside(deployment, use, name, agent)];
  });
  const instance: FeatureInstance = {
    feature: template.feature,
    ...(use.service !== undefined && { service: use.service }),
    parameters: use.parameters,
    agents,
    ...(collector && { collector }),
    ...(use.budget && { budget: use.budget }),
  };
  deployment.features.push(instance);
}

/** One agent in the pod of each replica. */
function placeInReplicas(
  deployment: Deployment,
  use: FeatureUse,
  name: string,
  agent: AgentTemplate,
): Member[] {
  const { feature } = use.template;
  const members: Member[] = [];
  deployment.pods.changeOf(use.service ?? '', (pod) => {
    if (pod.role !== 'service') return pod;
    const common = containerFrom(deployment.images, agent, use.template, contextOf(deployment, use, pod));
    const container: ContainerSpec = {
      ...common,
      ...(agent.sharing === 'network+pid+mounts' && fileView(common, pod)),
      name: `${pod.name}.${feature}.${name}`,
      key: `${feature}.${name}`,
      role: 'agent',
      feature,
      sharing: agent.sharing as SharingLevel,
    };
    members.push({ pod: pod.name, container: container.name });
    const management = { address: managementAddress(deployment.project, pod.name), isolated: true };
    return { ...pod, management, containers: [...pod.containers, container] };
  });
  return members;
}

/** One agent for each replica, in a pod of its own that all of the replica's traffic passes. */
function placeInPath(deployment: Deployment, use: FeatureUse, name: string, agent: AgentTemplate): Member[] {
  const { feature } = use.template;
  const { function: does } = use;
  if (!does) return [];
  const functions: PodSpec[] = [];
  deployment.pods.changeOf(use.service ?? '', (pod) => {
    const fn = `${pod.name}.${feature}`;
    functions.push(functionPod(deployment, { use, does, name, agent }, pod, fn));
    return { ...pod, path: [...pod.path, fn] };
  });
  for (const fn of functions) deployment.pods.add(fn);
  return functions.map((fn) => ({ pod: fn.name, container: `${fn.name}.${name}` }));
}

/**
 * One agent in a pod of its own, beside the service at one end, on the networks that both ends are on. Requests that
 * need the same agent share it: one reflector answers every sender.
 */
function placeBeside(deployment: Deployment, use: FeatureUse, name: string, agent: AgentTemplate): Member {
  const { feature } = use.template;
  const pod = besidePodName(deployment.project, use, name, agent);
  const container = `${pod}.${name}`;
  const [from, to] = [endOf(use, 'from'), endOf(use, 'to')];
  const ends = [...deployment.pods.of(from), ...deployment.pods.of(to)];
  const networks = commonNetworks(ends, from, to).map((place) => ({ ...place, aliases: [pod] }));
  if (deployment.pods.has(pod)) {
    deployment.pods.change(pod, (existing) => withNetworks(existing, networks));
    return { pod, container };
  }
  deployment.pods.add({
    name: pod,
    role: 'agent',
    service: endOf(use, agent.place),
    sandbox: plainSandbox(deployment.images, pod, networks),
    containers: [
      {
        ...containerFrom(deployment.images, agent, use.template, contextOf(deployment, use)),
        name: container,
        key: `${feature}.${name}`,
        role: 'agent',
        feature,
        sharing: 'none',
      },
    ],
    path: [],
    management: { address: managementAddress(deployment.project, pod), isolated: true },
  });
  return { pod, container };
}

/** A pod that another request has placed, on the networks of this one as well. */
function withNetworks(pod: PodSpec, networks: readonly SandboxNetwork[]): PodSpec {
  if (pod.sandbox.kind !== 'own') return pod;
  const present = pod.sandbox.networks;
  const missing = networks.filter(({ network }) => present.every((other) => other.network !== network));
  return { ...pod, sandbox: { ...pod.sandbox, networks: [...present, ...missing] } };
}

function ensureCollector(deployment: Deployment, use: FeatureUse): Member {
  const { template } = use;
  const pod = collectorPodName(deployment.project, use);
  const name = `${pod}.collector`;
  if (!template.collector || deployment.pods.has(pod)) {
    return { pod, container: name };
  }
  const address = managementAddress(deployment.project, pod);
  const context = { project: deployment.project, collector: { address } };
  deployment.pods.add({
    name: pod,
    role: 'collector',
    sandbox: plainSandbox(deployment.images, pod),
    containers: [
      {
        ...containerFrom(deployment.images, template.collector, template, context),
        name,
        key: `${template.feature}.collector`,
        role: 'collector',
        feature: template.feature,
        sharing: 'none',
      },
    ],
    path: [],
    management: { address, isolated: false },
  });
  return { pod, container: name };
}

/** What an agent needs to see the application's files: its rights, and its volumes and binds, read-only. */
function fileView(
  { mounts, capAdd = [] }: Pick<ContainerSpec, 'mounts' | 'capAdd'>,
  pod: PodSpec,
): Pick<ContainerSpec, 'mounts' | 'capAdd'> {
  const application = pod.containers.find((container) => container.role === 'application');
  if (!application) return { mounts, capAdd };
  const volumes = application.mounts.flatMap((mount): MountSpec[] => {
    if (mount.type !== 'bind' && !(mount.type === 'volume' && mount.source !== undefined)) return [];
    // Beside the agent's own files, not over them: a service may have a volume at /tmp, or at /usr.
    return [{ ...mount, target: `/service${mount.target}`, readOnly: true }];
  });
  return {
    mounts: [...mounts, ...volumes],
    capAdd: [...new Set([...capAdd, ...capabilitiesOf(application)])],
  };
}
