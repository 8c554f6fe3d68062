import { composeLabel, type Labels, label } from '../lib/labels.ts';
import type { ContainerSpec, PodSpec } from '../selector/spec.ts';

/** Labels of everything that belongs to a project. */
export function projectLabels(project: string, hash: string): Labels {
  return { [label.project]: project, [label.hash]: hash };
}

export function resourceLabels(project: string, hash: string): Labels {
  return { ...projectLabels(project, hash), [composeLabel.project]: project };
}

export function sandboxLabels(project: string, pod: PodSpec, hash: string): Labels {
  return {
    ...projectLabels(project, hash),
    [label.pod]: pod.name,
    [label.container]: 'sandbox',
    [label.role]: 'sandbox',
    [label.podRole]: pod.role,
    ...networksLabel(pod),
    ...pathLabel(pod),
    ...oneOffLabel(pod),
    ...(pod.service !== undefined && { [label.service]: pod.service }),
  };
}

/** Who looks at containers has to know where else their addresses are kept. */
function networksLabel({ sandbox }: PodSpec): Labels {
  const networks = sandbox.kind === 'own' ? sandbox.networks : [];
  const others = networks.filter(({ owner }) => owner !== undefined).map(({ network }) => network);
  return others.length > 0 ? { [label.networks]: others.join(',') } : {};
}

/** Whose traffic it is, on all that belongs to a function. */
function pathLabel({ function: fn, forwards }: PodSpec): Labels {
  const led = fn?.pod ?? forwards?.pod;
  return led === undefined ? {} : { [label.pathOf]: led };
}

/** What `run` made is known by Compose's own label, on all that belongs to it. */
function oneOffLabel({ role, oneOff }: PodSpec): Labels {
  return role === 'oneoff' || oneOff ? { [composeLabel.oneOff]: 'True' } : {};
}

export function containerLabels(
  project: string,
  pod: PodSpec,
  container: ContainerSpec,
  hash: string,
): Labels {
  return {
    ...projectLabels(project, hash),
    [label.pod]: pod.name,
    [label.container]: container.key,
    [label.role]: container.role,
    [label.grace]: String(container.stopGracePeriod),
    ...pathLabel(pod),
    ...oneOffLabel(pod),
    ...(pod.service !== undefined && { [label.service]: pod.service }),
    ...(container.feature !== undefined && { [label.feature]: container.feature }),
    ...(container.dependsOn.length > 0 && {
      [composeLabel.dependsOn]: container.dependsOn
        .map(({ service, condition, restart }) => `${service}:${condition}:${restart}`)
        .join(','),
    }),
  };
}
