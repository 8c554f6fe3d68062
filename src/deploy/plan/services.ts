import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { type Observed, podOf } from '../observed.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import { plan } from './plan.ts';
import type { PlanOptions } from './planning.ts';
import { graceOf } from './removal.ts';

type Make = (
  spec: DeploymentSpec,
  observed: Observed,
  services: readonly string[],
  options: PlanOptions,
) => Plan;

/** Stops services whole: agents, the application's container, then the sandbox, whose published ports become free. */
export const stopPlan: Make = (spec, observed, services) => {
  const builder = new PlanBuilder();
  const reason = 'stop was asked for';
  for (const pod of podsOf(spec, services)) {
    const running = observed.containers.filter(
      (container) => podOf(container) === pod.name && container.state === 'running',
    );
    const sandbox = running.filter((container) => isSandbox(pod, container.name));
    const others = running.filter((container) => !sandbox.includes(container));
    const stopped = others.map((container) =>
      builder.add(
        'stopContainer',
        container.name,
        { name: container.name, grace: graceOf(container) },
        reason,
      ),
    );
    for (const { name } of sandbox)
      builder.add('stopContainer', name, { name, grace: 2000 }, reason, stopped);
  }
  return builder.build(spec.project);
};

/** Starts what is stopped of services, as `up` would, and leaves the others as they are. */
export const startPlan: Make = (spec, observed, services, options) => {
  const others = spec.pods.flatMap((pod) =>
    pod.service && !services.includes(pod.service) ? [pod.service] : [],
  );
  return plan(spec, observed, { ...options, mode: 'heal', stopped: new Set(others), mayRestart: () => true });
};

/** Starts services again: the application's containers only, agents and sandboxes stay. */
export const restartPlan: Make = (spec, observed, services, options) => {
  const running = new Map(
    observed.containers
      .filter((container) => container.state === 'running')
      .map((container) => [container.name, container]),
  );
  const builder = new PlanBuilder();
  const reason = 'restart was asked for';
  for (const pod of podsOf(spec, services)) {
    for (const container of pod.containers.filter((candidate) => candidate.role === 'application')) {
      if (!running.has(container.name)) continue;
      const { name, stopGracePeriod: grace } = container;
      const stop = builder.add('stopContainer', name, { name, grace }, reason);
      builder.add('startContainer', name, { name }, reason, [stop]);
    }
  }
  for (const step of startPlan(spec, observed, services, options).steps) {
    builder.add(step.kind, step.subject, step.args as never, step.reason, step.after);
  }
  return builder.build(spec.project);
};

function podsOf(spec: DeploymentSpec, services: readonly string[]): PodSpec[] {
  return spec.pods.filter((pod) => pod.role === 'service' && pod.service && services.includes(pod.service));
}

function isSandbox(pod: PodSpec, name: string): boolean {
  return pod.sandbox.kind === 'own' && pod.sandbox.name === name;
}
