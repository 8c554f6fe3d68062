import type { DeployContext } from '../../deploy/context.ts';
import { observe } from '../../deploy/observe.ts';
import { podOf } from '../../deploy/observed.ts';
import { PlanBuilder } from '../../deploy/plan/builder.ts';
import { removeContainers } from '../../deploy/plan/removal.ts';
import { runPlan } from '../../deploy/run.ts';
import type { Engine } from '../../engines/engine.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { isOneOff, label } from '../../lib/labels.ts';
import { emptySpec } from '../../selector/empty-spec.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';

/** What this needs of the applications of a host. */
interface Host {
  readonly engine: Engine;
  context(spec: DeploymentSpec): DeployContext;
}

/** One-offs that somebody waits for: their ends are not looked after here. */
export const attended = new Set<string>();

/** Clears up after one-offs that ended with nobody waiting: those that are to go, and the sandboxes of the others. */
export async function sweepOneOffs(host: Host, project: string): Promise<void> {
  const containers = await host.engine.workloads.containers(project);
  const ended = containers.filter(
    ({ name, labels, state }) =>
      isOneOff(labels) &&
      labels[label.role] === 'application' &&
      // One that never ran is of a node that died while it made it.
      (state === 'stopped' || state === 'created') &&
      !attended.has(name),
  );
  for (const container of ended) {
    const inside = containers.filter((one) => belongsTo(one, podOf(container)));
    const idle = inside.every(({ state }) => state !== 'running');
    const goes = container.labels[label.remove] === 'true' || container.state === 'created';
    if (goes || !idle) await clearUp(host, project, podOf(container), goes);
  }
}

/** Removes a one-off with all that belongs to it; or stops what is around it, and leaves it to be looked at. */
export async function clearUp(host: Host, project: string, pod: string, remove: boolean): Promise<void> {
  const context = host.context(emptySpec(project));
  const observed = await observe(context);
  const leaving = observed.containers.filter((one) => belongsTo(one, pod));
  const builder = new PlanBuilder();
  const reason = 'it has ended';
  if (remove) removeContainers({ builder, observed }, leaving, reason, 'remove');
  else {
    const stopped = leaving.flatMap(({ name, state }) =>
      state === 'running' ? [builder.add('stopContainer', name, { name, grace: 0 }, reason)] : [],
    );
    // It does not run again: what it had on networks is free for others.
    for (const { network } of observed.endpoints.filter((endpoint) => endpoint.pod === pod))
      builder.add('disconnectEndpoint', `${pod} ${network}`, { pod, network }, reason, stopped);
  }
  await runPlan(context, builder.build(project), () => {});
  if (remove) await context.folder.forget(pod);
}

/** A one-off's own containers, and those of the functions in its path. */
function belongsTo({ labels }: ObservedContainer, pod: string): boolean {
  return isOneOff(labels) && (labels[label.pathOf] ?? labels[label.pod]) === pod;
}
