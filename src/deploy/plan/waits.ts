import type { FarPod } from '../../selector/far-pod.ts';
import type { ContainerSpec, DependencySpec, PodSpec } from '../../selector/spec.ts';
import type { PlanBuilder } from './builder.ts';
import type { Planning } from './planning.ts';

/** Ids of the steps after which a service has been started: one a replica that is started. */
export function startSteps(planning: Planning, service: string): string[] {
  const { builder } = planning;
  const names = applicationsOf(planning, service).map((container) => container.name);
  return [...builder.idsOf('createContainer', names), ...builder.idsOf('startContainer', names)];
}

/** What a container has to wait for because of `depends_on`. */
export function dependencySteps(planning: Planning, dependencies: readonly DependencySpec[]): string[] {
  const { builder, observed, options, spec } = planning;
  return dependencies.flatMap((dependency) => {
    const pods = spec.elsewhere?.filter(({ service }) => service === dependency.service) ?? [];
    // A node that is cut off brings back what it had all the same.
    const isBack = options.mode === 'heal' && options.settled !== false;
    const far = pods.length === 0 || isBack ? [] : [farStep(builder, dependency, pods)];
    const containers = applicationsOf(planning, dependency.service).map((container) => container.name);
    if (pods.length > 0 && containers.length === 0) return far;
    const started = startSteps(planning, dependency.service);
    if (dependency.condition === 'service_started') return [...far, ...started];
    const fulfilled = containers.every((name) => {
      const container = observed.containers.find((candidate) => candidate.name === name);
      return dependency.condition === 'service_healthy'
        ? container?.state === 'running' && container.health === 'healthy'
        : container?.state === 'stopped' && container.exitCode === 0;
    });
    if (fulfilled && started.length === 0) return far;
    const subject = `${dependency.service} ${dependency.condition.replace('service_', '')}`;
    const reason = `others depend on ${dependency.service} being ${dependency.condition.replace('service_', '')}`;
    return [...far, builder.add('awaitService', subject, { dependency, containers }, reason, started)];
  });
}

/** The other node has it as its own, and does not start it for this. */
export function farStep(builder: PlanBuilder, dependency: DependencySpec, pods: readonly FarPod[]): string {
  const { service, condition } = dependency;
  const state = condition.replace('service_', '');
  const nodes = [...new Set(pods.map(({ node }) => node))].join(', ');
  const reason =
    condition === 'service_created'
      ? `ranks of ${service} start together, and some are on ${nodes}`
      : `others depend on ${service}, which is on ${nodes}, being ${state}`;
  return builder.add('awaitFarService', `${service} ${state}`, { dependency, pods }, reason);
}

/** `depends_on: {restart: true}`: who depends on something that is made anew is started again. */
export function planWaits(planning: Planning, pods: readonly PodSpec[]): void {
  const { builder, observed } = planning;
  for (const pod of pods) {
    for (const container of pod.containers) {
      const renewed = container.dependsOn.filter(
        (dependency) => dependency.restart && startSteps(planning, dependency.service).length > 0,
      );
      const running = observed.containers.some(
        (existing) => existing.name === container.name && existing.state === 'running',
      );
      const planned =
        builder.has(`createContainer ${container.name}`) || builder.has(`startContainer ${container.name}`);
      if (renewed.length === 0 || !running || planned) continue;
      const reason = `${renewed[0]?.service}, which it depends on, was started again`;
      const grace = container.stopGracePeriod;
      const stop = builder.add('stopContainer', container.name, { name: container.name, grace }, reason);
      const after = [stop, ...dependencySteps(planning, container.dependsOn)];
      builder.add('startContainer', container.name, { name: container.name }, reason, after);
    }
  }
}

function applicationsOf({ replicas }: Planning, service: string): ContainerSpec[] {
  return (replicas.get(service) ?? []).flatMap(({ containers }) =>
    containers.filter(({ role }) => role === 'application'),
  );
}
