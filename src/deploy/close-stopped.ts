import type { ObservedContainer } from '../engines/observed.ts';
import { closeFunction } from '../networks/path/path.ts';
import type { DeployContext } from './context.ts';
import { outOfService } from './function-hooks/readiness.ts';
import { chainsThrough, isOpenOnFailure, stoppedBesides, stoppedFunctions } from './stopped.ts';

/**
 * Lets nothing into functions that do not run or are not ready, by chains that are closed on failure: who was to do it when they ended
 * was not there. That goes for instances that are wanted no longer, too, until they are gone.
 * @throws HeddleError ERR_NETWORK
 */
export async function closeStopped(
  context: DeployContext,
  containers: readonly ObservedContainer[],
): Promise<void> {
  const { project, spec } = context;
  const isOut = await outOfService(context, containers);
  for (const fn of stoppedFunctions(spec, containers, isOut)) {
    const closed = spec.pods.flatMap((pod) => chainsThrough(pod, fn, 'closed'));
    if (closed.length > 0) await closeFunction(project, fn, (chain) => closed.includes(chain));
  }
  for (const fn of stoppedBesides(spec, containers, isOut))
    await closeFunction(project, fn, (chain) => !isOpenOnFailure(spec, chain));
}
