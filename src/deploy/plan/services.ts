import { label } from '../../lib/labels.ts';
import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { type Observed, podOf } from '../observed.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import { outputSteps, planHooks } from './hooks.ts';
import { inDependencyOrder, servicesBefore } from './order.ts';
import { plan } from './plan.ts';
import { type PlanOptions, replicasByService } from './planning.ts';
import { graceOf } from './removal.ts';
import { withStopHooks } from './stop-hooks.ts';
import { isAlive, thawSteps } from './thaw.ts';
import { dependencySteps, startSteps } from './waits.ts';

type Make = (
  spec: DeploymentSpec,
  observed: Observed,
  services: readonly string[],
  options: PlanOptions,
) => Plan;

/**
 * Stops services whole: agents, the application's container, then the sandbox, whose published ports become free. A service
 * is stopped when all that depend on it are, and a function when all are whose traffic passes it.
 */
export const stopPlan: Make = (spec, observed, services, options) => {
  const builder = new PlanBuilder();
  const reason = 'stop was asked for';
  const pods = podsOf(spec, services);
  const running = observed.containers.filter(isAlive);
  for (const pod of inDependencyOrder(pods).reverse()) {
    const inPod = running.filter((container) => podOf(container) === pod.name);
    const sandbox = inPod.filter((container) => isSandbox(pod, container.name));
    const before = stopsOf(builder, dependentsOf(spec, pods, pod));
    const stopped = inPod
      .filter((container) => !sandbox.includes(container))
      .map((container) => {
        const { name } = container;
        const grace = options.grace ?? graceOf(container);
        const after = container.labels[label.role] === 'application' ? before : [];
        const thawed = thawSteps(builder, container, reason);
        return builder.add('stopContainer', name, { name, grace }, reason, [...after, ...thawed]);
      });
    for (const { name } of sandbox)
      builder.add('stopContainer', name, { name, grace: 2000 }, reason, [...stopped, ...before]);
  }
  return withStopHooks(builder.build(spec.project), observed);
};

/** Starts what is stopped of services, as `up` would, and leaves the others as they are. */
export const startPlan: Make = (spec, observed, services, options) => {
  // What their traffic passes is started, too.
  const passed = new Set(podsOf(spec, services).flatMap(functionsOf));
  const others = spec.pods.flatMap((pod) =>
    pod.service && !services.includes(pod.service) && !passed.has(pod.name) ? [pod.service] : [],
  );
  return plan(spec, observed, {
    ...options,
    mode: 'heal',
    ranks: true,
    stopped: new Set(others),
    mayRestart: () => true,
  });
};

/**
 * Starts services again, and those that depend on them with `restart: true`: the application's containers only, agents and
 * sandboxes stay. Dependents are stopped first and started last. A function is done when its manager has configured it; healing leads
 * its traffic through it again.
 */
export const restartPlan: Make = (spec, observed, named, options) => {
  const services = options.noDeps ? named : withRestarted(spec, named);
  const running = new Map(
    observed.containers.filter(isAlive).map((container) => [container.name, container]),
  );
  const builder = new PlanBuilder();
  const pods = inDependencyOrder(podsOf(spec, services));
  // Ranks that start would meet one that is about to end.
  const isJob = ({ service }: PodSpec) => spec.jobs?.some((job) => job.service === service) === true;
  const isNamed = (pod: PodSpec) => named.includes(pod.service ?? '');
  const reasonFor = (pod: PodSpec) =>
    isNamed(pod) ? 'restart was asked for' : 'a service that it depends on is restarted';
  const applications = (pod: PodSpec) =>
    pod.containers.filter(({ role, name }) => role === 'application' && running.has(name));
  for (const pod of [...pods].reverse()) {
    const before = stopsOf(builder, dependentsOf(spec, pods, pod));
    for (const { name, stopGracePeriod } of applications(pod)) {
      const grace = options.grace ?? stopGracePeriod;
      const present = running.get(name);
      const thawed = present ? thawSteps(builder, present, reasonFor(pod)) : [];
      builder.add('stopContainer', name, { name, grace }, reasonFor(pod), [...before, ...thawed]);
    }
  }
  const planning = {
    spec,
    observed,
    options,
    builder,
    pods: new Map(pods.map((pod) => [pod.name, pod])),
    replicas: replicasByService(spec.pods),
  };
  for (const pod of pods) {
    for (const container of applications(pod)) {
      const { name, dependsOn } = container;
      const needed = dependsOn.filter(
        ({ service }) => services.includes(service) && startSteps(planning, service).length > 0,
      );
      const passed = functionsOf(pod).flatMap((fn) => planning.pods.get(fn) ?? []);
      const after = [
        ...stopsOf(builder, isJob(pod) ? pods.filter(({ service }) => service === pod.service) : [pod]),
        ...dependencySteps(planning, needed),
        ...outputSteps(planning, container),
        ...builder.idsOf('startContainer', passed.flatMap(applications).map(nameOf)),
      ];
      builder.add('startContainer', name, { name }, reasonFor(pod), after);
    }
  }
  planHooks(planning, pods);
  for (const step of startPlan(spec, observed, named, options).steps) builder.adopt(step);
  return withStopHooks(builder.build(spec.project), observed);
};

/** Services, and those that depend on them and want to be restarted with them. */
function withRestarted(spec: DeploymentSpec, named: readonly string[]): string[] {
  const all = new Set(named);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const { service, containers } of spec.pods) {
      const follows = containers.some(({ dependsOn }) =>
        dependsOn.some((dependency) => dependency.restart && all.has(dependency.service)),
      );
      if (service !== undefined && follows) all.add(service);
    }
  }
  return [...all];
}

/** The pods, of those given, of services that depend on a pod's, live in its namespace, or whose traffic passes it. */
function dependentsOf(spec: DeploymentSpec, pods: readonly PodSpec[], pod: PodSpec): PodSpec[] {
  const owners = new Map(spec.pods.map(({ name, service }) => [name, service ?? '']));
  return pods.filter(
    (other) =>
      servicesBefore(other, owners).includes(pod.service ?? '') || functionsOf(other).includes(pod.name),
  );
}

function stopsOf(builder: PlanBuilder, pods: readonly PodSpec[]): string[] {
  const names = pods.flatMap(({ containers }) =>
    containers.filter(({ role }) => role === 'application').map(({ name }) => name),
  );
  return builder.idsOf('stopContainer', names);
}

function podsOf(spec: DeploymentSpec, services: readonly string[]): PodSpec[] {
  return spec.pods.filter((pod) => pod.role === 'service' && pod.service && services.includes(pod.service));
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function isSandbox(pod: PodSpec, name: string): boolean {
  return pod.sandbox.kind === 'own' && pod.sandbox.name === name;
}
