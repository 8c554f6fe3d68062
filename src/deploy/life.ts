import type { ContainerSpec, PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { isHooked } from './function-hooks/inputs.ts';
import { forgetNotes, notesOfRun, readNotes, writeNotes } from './function-hooks/notes.ts';
import { findContainer, runPostStart, runPreStart, runPreStop } from './hooks.ts';
import { runOf } from './observed.ts';

/** Starts a container that was created, with the hooks that its service has for that. */
export async function startWithHooks(
  context: DeployContext,
  pod: PodSpec,
  container: ContainerSpec,
): Promise<void> {
  await runPreStart(context, pod, container);
  await context.engine.workloads.start(container.name);
  if (isHooked(pod)) await noteRun(context, pod, container.name);
  await runPostStart(context, container);
}

/** Of a function it is known from its first run on whether it has run before: then it is healed. */
async function noteRun({ engine, folder }: DeployContext, pod: PodSpec, name: string): Promise<void> {
  const started = await engine.workloads.inspect(name);
  if (started)
    await writeNotes(folder, pod.name, notesOfRun(await readNotes(folder, pod.name), runOf(started)));
}

/** The same for one that is known by its name. */
export async function startByName(context: DeployContext, name: string): Promise<void> {
  const found = findContainer({ spec: context.spec }, name);
  if (found) await startWithHooks(context, found.pod, found.container);
  else await context.engine.workloads.start(name);
}

/**
 * Stops a container if it runs, its service's `pre_stop` first.
 * @throws HeddleError ERR_SERVICE_HOOK when that failed; the container is stopped all the same
 */
export async function stopWithHooks(
  context: DeployContext,
  name: string,
  grace: number,
  then: () => Promise<void> = async () => {},
): Promise<void> {
  const { engine } = context;
  const found = findContainer(context, name);
  const hooked = found?.container;
  const wanted =
    hooked?.hooks?.preStop !== undefined && (await engine.workloads.inspect(name))?.state === 'running';
  const failure =
    wanted && hooked ? await runPreStop(context, hooked).catch((cause: unknown) => cause) : undefined;
  await engine.workloads.stop(name, grace);
  // Stopped on purpose it has nothing to heal when it comes back.
  if (found && isHooked(found.pod)) await forgetNotes(context.folder, found.pod.name);
  await then();
  if (failure !== undefined) throw failure;
}
