import type { ObservedContainer } from '../engines/observed.ts';
import { closeFunction } from '../networks/path/path.ts';
import type { DeployContext } from './context.ts';
import { chainsThrough, stoppedFunctions } from './stopped.ts';

/**
 * Lets nothing into functions that do not run, by chains that are closed on failure: who was to do it when they ended was not there.
 * @throws HeddleError ERR_NETWORK
 */
export async function closeStopped(
  { project, spec, proofs }: DeployContext,
  containers: readonly ObservedContainer[],
): Promise<void> {
  for (const fn of stoppedFunctions(spec, containers, (pid) => proofs.hasEnded(pid))) {
    const closed = spec.pods.flatMap((pod) => chainsThrough(pod, fn, 'closed'));
    if (closed.length > 0) await closeFunction(project, fn, new Set(closed));
  }
}
