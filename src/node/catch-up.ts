import { closeStopped } from '../deploy/close-stopped.ts';
import type { DeployContext } from '../deploy/context.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import type { Desired } from './desired.ts';

/**
 * Does what was to be done when it happened, and no node was there, or it died then: nothing is let into functions that ended, and
 * agents that were taken away go.
 */
export async function catchUp(
  context: DeployContext,
  { detached = [] }: Desired,
  containers: readonly ObservedContainer[],
): Promise<void> {
  await closeStopped(context, containers);
  for (const { container } of detached)
    if (containers.some(({ name }) => name === container))
      await context.engine.workloads.remove(container, 'remove');
}

/** The same before something is planned that takes a while; where there are no chains, nothing is asked. */
export async function catchUpFirst(context: DeployContext, desired: Desired): Promise<void> {
  if (!context.spec.chains) return;
  await catchUp(context, desired, await context.engine.workloads.containers(context.project));
}
