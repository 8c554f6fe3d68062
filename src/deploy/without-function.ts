import { isHeddleError } from '../lib/errors.ts';
import { closeFunction, dropInstance, insertPath, passByFunction } from '../networks/path/path.ts';
import type { PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { pathEnds } from './path-ends.ts';
import { chainsThrough, programNames, programsOf } from './stopped.ts';

/** The chains that lead through a function, and do one thing or the other without it. */
export function allThrough(
  pods: readonly PodSpec[],
  fn: string,
  onFailure: 'closed' | 'open',
): ReadonlySet<string> {
  return new Set(pods.flatMap((pod) => chainsThrough(pod, fn, onFailure)));
}

/**
 * A function is out of service: what it had is given to others that stand beside it, nothing of its closed chains is let into it any
 * more, and those that are open on failure go on without it.
 * @throws HeddleError ERR_NETWORK
 */
export async function withoutFunction(context: DeployContext, fn: string): Promise<void> {
  const { pods } = context.spec;
  await dropInstance(context.project, fn);
  const closed = allThrough(pods, fn, 'closed');
  if (closed.size > 0) await closeFunction(context.project, fn, (chain) => closed.has(chain));
  await leadWithout(context, fn);
}

/** Leads the chains that are open on failure anew, at pods that run: without what is out of service. @throws HeddleError ERR_NETWORK */
export async function leadWithout(context: DeployContext, fn: string): Promise<void> {
  const { project, spec, proofs } = context;
  const open = allThrough(spec.pods, fn, 'open');
  if (open.size === 0) return;
  const led = spec.pods.filter((pod) => chainsThrough(pod, fn, 'open').length > 0);
  // What was proved of them is no longer so.
  for (const { name } of led) proofs.forget(project, name);
  // Before all else is looked at, which takes its time.
  if (await isDown(context, fn)) await passByFunction(project, fn, (chain) => open.has(chain));
  for (const pod of led) {
    const ends = await pathEnds(context, pod).catch((error) => {
      if (isHeddleError(error, 'ERR_ENGINE')) return undefined;
      throw error;
    });
    if (ends) await insertPath(ends);
  }
}

/** Whether it does not run: of all containers only its own are looked at. */
async function isDown({ engine, spec }: DeployContext, fn: string): Promise<boolean> {
  const pod = spec.pods.find(({ name }) => name === fn);
  if (pod?.sandbox.kind !== 'own') return false;
  const names = [pod.sandbox.name, ...programNames(pod)];
  const own = await Promise.all(names.map((name) => engine.workloads.inspect(name)));
  return (
    programsOf(
      pod,
      own.filter((one) => one !== undefined),
    ) === undefined
  );
}
