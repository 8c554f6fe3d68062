import type { SharingLevel } from '../catalogue/sharing.ts';
import type { Template } from '../catalogue/template.ts';
import { managementAddress } from './addresses.ts';
import type { Deployment } from './deployment.ts';
import type { FeatureUse } from './features.ts';
import type { ImageTable } from './images.ts';
import { bytes } from './parameters.ts';
import { fillIn, type PlaceholderContext } from './placeholders.ts';
import type { ContainerSpec, FeatureInstance, MountSpec, PodSpec } from './spec.ts';

type AgentTemplate = Template['agents'][string];
type CollectorTemplate = NonNullable<Template['collector']>;

/** Adds one feature's agents to the pods it is for, and its collector once an application. */
export function placeFeature(deployment: Deployment, use: FeatureUse): void {
  const { template } = use;
  const collector = template.collector && ensureCollector(deployment, template);
  const agents: FeatureInstance['agents'][number][] = [];
  for (const [name, agent] of Object.entries(template.agents)) {
    deployment.pods = deployment.pods.map((pod) => {
      if (agent.place !== 'replica' || pod.role !== 'service' || pod.service !== use.service) return pod;
      const context = contextOf(deployment, use, pod);
      const container = agentContainer(deployment.images, use, name, agent, pod, context);
      agents.push({ pod: pod.name, container: container.name });
      const management = { address: managementAddress(deployment.project, pod.name), isolated: true };
      return { ...pod, management, containers: [...pod.containers, container] };
    });
  }
  deployment.features.push({
    feature: template.feature,
    ...(use.service !== undefined && { service: use.service }),
    parameters: use.parameters,
    agents,
    ...(collector && { collector }),
    ...(use.budget && { budget: use.budget }),
  });
}

function contextOf(deployment: Deployment, use: FeatureUse, pod: PodSpec): PlaceholderContext {
  return {
    parameters: use.parameters,
    project: deployment.project,
    service: pod.service,
    pod: { name: pod.name, index: pod.index },
    collector: {
      address: managementAddress(deployment.project, collectorPodName(deployment.project, use.template)),
    },
  };
}

function agentContainer(
  images: ImageTable,
  use: FeatureUse,
  name: string,
  agent: AgentTemplate,
  pod: PodSpec,
  context: PlaceholderContext,
): ContainerSpec {
  const { feature } = use.template;
  return {
    ...containerFrom(images, agent, use.template, context),
    name: `${pod.name}.${feature}.${name}`,
    key: `${feature}.${name}`,
    role: 'agent',
    feature,
    sharing: agent.sharing as SharingLevel,
  };
}

function collectorPodName(project: string, template: Template): string {
  return `${project}.${template.feature}`;
}

function ensureCollector(deployment: Deployment, template: Template): { pod: string; container: string } {
  const collector = template.collector as CollectorTemplate;
  const pod = collectorPodName(deployment.project, template);
  const name = `${pod}.collector`;
  if (deployment.pods.some((existing) => existing.name === pod)) return { pod, container: name };
  const address = managementAddress(deployment.project, pod);
  const container: ContainerSpec = {
    ...containerFrom(deployment.images, collector, template, {
      project: deployment.project,
      collector: { address },
    }),
    name,
    key: `${template.feature}.collector`,
    role: 'collector',
    feature: template.feature,
    sharing: 'none',
  };
  deployment.pods = [
    ...deployment.pods,
    {
      name: pod,
      role: 'collector',
      sandbox: bareSandbox(deployment.images, pod),
      containers: [container],
      management: { address, isolated: false },
    },
  ];
  return { pod, container: name };
}

/** A sandbox on no network but the management link. */
function bareSandbox(images: ImageTable, pod: string): PodSpec['sandbox'] {
  return {
    kind: 'own',
    name: `${pod}.sandbox`,
    image: images.ofTemplate('holder'),
    networks: [],
    ports: [],
    extraHosts: [],
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    sysctls: {},
  };
}

type Common = Omit<ContainerSpec, 'name' | 'key' | 'role'>;

/** What an agent and a collector have alike. Least privilege: no capability but those named, nothing new by exec. */
function containerFrom(
  images: ImageTable,
  template: AgentTemplate | CollectorTemplate,
  { file }: Template,
  context: PlaceholderContext,
): Common {
  const environment = Object.entries(template.environment).map(([key, value]) => [
    key,
    fillIn(String(value), context, file),
  ]);
  const mounts: MountSpec[] = [
    ...template.state.map((folder) => ({ type: 'state' as const, ...folder })),
    ...template.binds.map((bind) => ({ type: 'bind' as const, ...bind, createSource: false })),
  ];
  const { cpus, memory, pids } = template.limits;
  return {
    image: images.ofTemplate(template.image),
    environment: Object.fromEntries(environment),
    labels: {},
    mounts,
    capDrop: ['ALL'],
    capAdd: template.capabilities,
    securityOpt: ['no-new-privileges'],
    ...(template.command && { command: template.command.map((word) => fillIn(word, context, file)) }),
    ...(template.entrypoint && { entrypoint: template.entrypoint }),
    ...(template.user !== undefined && { user: template.user }),
    ...(template.privileged && { privileged: true }),
    ...(template.devices.length > 0 && {
      devices: template.devices.map((device) => ({ host: device, container: device, permissions: 'rwm' })),
    }),
    resources: {
      limits: {
        ...(cpus !== undefined && { cpus }),
        ...(memory !== undefined && { memory: bytes(memory) }),
        ...(pids !== undefined && { pids }),
      },
      reservations: {},
    },
    restart: { condition: 'always' },
    stopGracePeriod: 2000,
    dependsOn: [],
  };
}
