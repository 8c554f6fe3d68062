import type { ObservedContainer } from '../../engines/observed.ts';
import { HeddleError } from '../../lib/errors.ts';
import { isOneOff, label } from '../../lib/labels.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { type Observed, pathOwner, podOf } from '../observed.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import { removeContainers } from './removal.ts';
import { isAlive, thawSteps } from './thaw.ts';

type Make = (spec: DeploymentSpec, observed: Observed, services: readonly string[]) => Plan;

/**
 * Sends a signal to the containers of services. One that ends them for good takes their pods along, as `stop` does: the
 * ports that they publish become free.
 */
export function signalPlan(signal: string): Make {
  return (spec, observed, services) => {
    const builder = new PlanBuilder();
    const reason = 'kill was asked for';
    const killed = applicationsOf(observed, services).filter(isAlive);
    for (const container of killed) {
      const { name } = container;
      const thawed = thawSteps(builder, container, reason);
      builder.add('signalContainer', name, { name, signal }, reason, thawed);
    }
    if (plainSignal(signal) !== 'KILL') return builder.build(spec.project);
    const pods = new Set(killed.map(podOf));
    const running = observed.containers.filter(
      (container) =>
        pods.has(podOf(container)) && container.state === 'running' && !killed.includes(container),
    );
    const [sandboxes, others] = [running.filter(isSandbox), running.filter((one) => !isSandbox(one))];
    for (const { name } of others) builder.add('stopContainer', name, { name, grace: 0 }, reason);
    for (const holder of sandboxes) {
      const { name } = holder;
      const inside = [...killed, ...others]
        .filter((one) => podOf(one) === podOf(holder))
        .map((one) => one.name);
      const after = [...builder.idsOf('signalContainer', inside), ...builder.idsOf('stopContainer', inside)];
      builder.add('stopContainer', name, { name, grace: 0 }, reason, after);
    }
    return builder.build(spec.project);
  };
}

/** The application's containers only: agents go on, and so do the links of others that live in the pod. */
export const pausePlan: Make = (spec, observed, services) => {
  const builder = new PlanBuilder();
  for (const { name, state } of replicasOf(observed, services)) {
    if (state === 'running') builder.add('pauseContainer', name, { name }, 'pause was asked for');
  }
  return builder.build(spec.project);
};

export const unpausePlan: Make = (spec, observed, services) => {
  const builder = new PlanBuilder();
  for (const { name, state } of replicasOf(observed, services)) {
    if (state === 'paused') builder.add('unpauseContainer', name, { name }, 'unpause was asked for');
  }
  return builder.build(spec.project);
};

/**
 * Removes the pods of services whose container does not run, with what their traffic passes; their anonymous volumes
 * only with `volumes`.
 * @throws HeddleError ERR_COMPOSE_CONFLICT when something that runs lives in one of them
 */
export function rmPlan(volumes: boolean): Make {
  return (spec, observed, services) => {
    const builder = new PlanBuilder();
    const pods = new Set(removable(observed, services));
    for (const pod of pods) refuseInhabited(spec, observed, pod, pods);
    const leaving = observed.containers.filter((container) =>
      pods.has(pathOwner(container, spec) ?? podOf(container)),
    );
    removeContainers({ builder, observed }, leaving, 'rm was asked for', volumes ? 'remove' : 'keep');
    return builder.build(spec.project);
  };
}

/** The pods of services in which nothing of the application runs. */
export function removable(
  { containers }: Pick<Observed, 'containers'>,
  services: readonly string[],
): string[] {
  return applicationsOf({ containers }, services)
    .filter(({ state }) => state === 'stopped' || state === 'created')
    .map(podOf);
}

function refuseInhabited(
  spec: DeploymentSpec,
  observed: Observed,
  pod: string,
  leaving: ReadonlySet<string>,
): void {
  const inhabitant = spec.pods.find(
    ({ name, sandbox }) =>
      sandbox.kind === 'pod' &&
      sandbox.pod === pod &&
      !leaving.has(name) &&
      observed.containers.some((one) => podOf(one) === name && one.state === 'running'),
  );
  if (!inhabitant) return;
  throw new HeddleError('ERR_COMPOSE_CONFLICT', `${pod}: ${inhabitant.name} runs in its network`, {
    hint: `stop ${inhabitant.service}, too: heddle rm -s ${inhabitant.service}`,
  });
}

/** Whether a container that this signal ends stays ended: Docker takes SIGKILL and its own stop signal for a wish. */
export function isMeantToEnd(signal: string, stopSignal = 'SIGTERM'): boolean {
  return plainSignal(signal) === 'KILL' || plainSignal(signal) === plainSignal(stopSignal);
}

const numbered: Readonly<Record<string, string>> = {
  '1': 'HUP',
  '2': 'INT',
  '3': 'QUIT',
  '9': 'KILL',
  '15': 'TERM',
};

function plainSignal(signal: string): string {
  const name = signal.toUpperCase().replace(/^SIG/, '');
  return numbered[name] ?? name;
}

/** The application's containers of services, one-offs included. */
function applicationsOf(
  { containers }: Pick<Observed, 'containers'>,
  services: readonly string[],
): ObservedContainer[] {
  return containers.filter(
    ({ labels }) => labels[label.role] === 'application' && services.includes(labels[label.service] ?? ''),
  );
}

function replicasOf(observed: Observed, services: readonly string[]): ObservedContainer[] {
  return applicationsOf(observed, services).filter(({ labels }) => !isOneOff(labels));
}

function isSandbox({ labels }: ObservedContainer): boolean {
  return labels[label.role] === 'sandbox';
}
