import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import type { PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';

/** @throws HeddleError ERR_ENGINE when it does not run */
export async function runningSandbox(
  { engine }: Pick<DeployContext, 'engine'>,
  pod: PodSpec,
): Promise<ObservedContainer & { readonly pid: number }> {
  const name = pod.sandbox.kind === 'own' ? pod.sandbox.name : '';
  const holder = await engine.workloads.inspect(name);
  if (holder?.pid === undefined) throw new HeddleError('ERR_ENGINE', `the sandbox ${name} does not run`);
  return { ...holder, pid: holder.pid };
}
