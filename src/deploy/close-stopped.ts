import type { ObservedContainer } from '../engines/observed.ts';
import { closeFunction } from '../networks/path/path.ts';
import type { DeployContext } from './context.ts';
import { stoppedFunctions } from './stopped.ts';

/**
 * Lets nothing into functions that do not run, by chains that are closed on failure: who was to do it when they ended was not there.
 * @throws HeddleError ERR_NETWORK
 */
export async function closeStopped(
  { project, spec, proofs }: DeployContext,
  containers: readonly ObservedContainer[],
): Promise<void> {
  const chains = spec.pods
    .flatMap((pod) => pod.chains ?? [])
    .filter(({ onFailure }) => onFailure === 'closed');
  for (const fn of stoppedFunctions(spec, containers, (pid) => proofs.hasEnded(pid))) {
    const names = chains.filter(({ path }) => path.includes(fn)).map(({ chain }) => chain);
    if (names.length > 0) await closeFunction(project, fn, new Set(names));
  }
}
