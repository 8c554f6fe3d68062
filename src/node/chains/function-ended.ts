import { pathEnds } from '../../deploy/path-ends.ts';
import type { Log } from '../../lib/log.ts';
import { closeFunction, insertPath } from '../../networks/path/path.ts';
import type { PodChain } from '../../selector/chain-spec.ts';
import type { Applications } from '../applications.ts';
import { attachedSpec } from '../desired.ts';

/**
 * The program of a function has ended: chains that are closed on failure let nothing into it any more, and those that are open go on
 * without it. What brings it back leads them through it again.
 */
export async function functionEnded(
  applications: Applications,
  log: Log,
  project: string,
  fn: string,
): Promise<void> {
  const desired = applications.desired(project);
  if (!desired) return;
  const spec = attachedSpec(desired);
  const through = ({ chains = [] }: { readonly chains?: readonly PodChain[] | undefined }, how: string) =>
    chains.filter(({ path, onFailure }) => onFailure === how && path.includes(fn));
  const closed = spec.pods.flatMap((pod) => through(pod, 'closed')).map(({ chain }) => chain);
  const open = spec.pods.filter((pod) => through(pod, 'open').length > 0);
  const chains = [
    ...new Set([...closed, ...open.flatMap((pod) => through(pod, 'open')).map(({ chain }) => chain)]),
  ];
  if (chains.length === 0) return;
  log.warn({ project, function: fn, chains: chains.join(', ') }, 'a function of chains has ended');
  const failed = (error: Error) =>
    log.error({ project, function: fn, error: error.message }, 'chains could not be led without a function');
  await closeFunction(project, fn, new Set(closed)).catch((error: Error) =>
    log.error({ project, function: fn, error: error.message }, 'chains could not be closed at a function'),
  );
  if (open.length === 0) return;
  await applications.exclusively(project, () => leadWithout(applications, project, fn)).catch(failed);
}

/** By what is wanted now: what took its turn before may have brought the function back, or taken all away. */
async function leadWithout(applications: Applications, project: string, fn: string): Promise<void> {
  const desired = applications.desired(project);
  if (!desired) return;
  const spec = attachedSpec(desired);
  const context = applications.context(spec);
  for (const pod of spec.pods) {
    if (!pod.chains?.some(({ path, onFailure }) => onFailure === 'open' && path.includes(fn))) continue;
    // What was proved of it is no longer so.
    applications.proofs.forget(project, pod.name);
    await insertPath(await pathEnds(context, pod));
  }
}
