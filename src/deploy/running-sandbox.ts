import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import type { PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';

type Running = ObservedContainer & { readonly pid: number };

/** @throws HeddleError ERR_ENGINE when it does not run */
export async function runningSandbox(
  { engine }: Pick<DeployContext, 'engine'>,
  pod: PodSpec,
): Promise<Running> {
  return running(pod, await engine.workloads.inspect(nameOf(pod)));
}

/** A pod's sandbox among containers that were looked at. */
export function sandboxIn(
  containers: readonly ObservedContainer[],
  pod: PodSpec,
): ObservedContainer | undefined {
  return containers.find(({ name }) => name === nameOf(pod));
}

/** @throws HeddleError ERR_ENGINE for one that does not run */
export function running(pod: PodSpec, holder: ObservedContainer | undefined): Running {
  if (holder?.pid !== undefined) return { ...holder, pid: holder.pid };
  throw new HeddleError('ERR_ENGINE', `the sandbox ${nameOf(pod)} does not run`);
}

function nameOf({ sandbox }: PodSpec): string {
  return sandbox.kind === 'own' ? sandbox.name : '';
}
