import { managementAddress } from './addresses.ts';
import type { AgentTemplate } from './containers.ts';
import type { Deployment } from './deployment.ts';
import type { FeatureUse } from './features.ts';
import type { PlaceholderContext } from './placeholders.ts';
import type { PodSpec } from './spec.ts';

/** What is at the sender's end belongs to one request, what is at the receiver's end serves all. */
export function besidePodName(project: string, use: FeatureUse, name: string, agent: AgentTemplate): string {
  const ends = agent.place === 'to' ? endOf(use, 'to') : `${endOf(use, 'from')}-${endOf(use, 'to')}`;
  return `${project}.${use.template.feature}.${ends}.${name}`;
}

/** The service at one end of what is between two. */
export function endOf(use: FeatureUse, place: string): string {
  return String(use.parameters[place] ?? '');
}

/** What a template's texts may refer to. `pod`: the one that it acts for. */
export function contextOf(deployment: Deployment, use: FeatureUse, pod?: PodSpec): PlaceholderContext {
  const { project } = deployment;
  const beside = Object.entries(use.template.agents).filter(
    ([, { place }]) => place === 'from' || place === 'to',
  );
  return {
    parameters: use.parameters,
    project,
    service: use.service,
    pod: pod && { name: pod.name, index: pod.index, address: managementAddress(project, pod.name) },
    collector: { address: managementAddress(project, collectorPodName(project, use)) },
    agents: Object.fromEntries(
      beside.map(([name, agent]) => [name, { host: besidePodName(project, use, name, agent) }]),
    ),
  };
}

/** Once an application. */
export function collectorPodName(project: string, { template }: FeatureUse): string {
  return `${project}.${template.feature}`;
}
