import type { ObservedContainer } from '../engines/engine.ts';
import { label } from '../lib/labels.ts';
import { observeWires, type Wire } from '../networks/wire/wire.ts';
import { functionFolder, type PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { type AppliedFunction, keyOf, type Observed, podOf } from './observed.ts';

/** Looks at everything of a project that exists, and at the images it needs. */
export async function observe(context: DeployContext): Promise<Observed> {
  const { engine, management, project, spec } = context;
  const [objects, ports, images, functions] = await Promise.all([
    engine.observe(project),
    management.ports(),
    Promise.all(
      Object.keys(spec.images).map(async (reference) => [reference, await engine.imageId(reference)]),
    ),
    appliedFunctions(context),
  ]);
  const present = images.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const wires = await wiresOf(objects.containers);
  return { ...objects, management: ports, images: Object.fromEntries(present), wires, functions };
}

/** Wires of pods and functions that run, by what their sandboxes' labels say they are. */
async function wiresOf(containers: readonly ObservedContainer[]): Promise<Wire[]> {
  const sandboxes = containers.filter(
    (container) => keyOf(container) === 'sandbox' && container.pid !== undefined,
  );
  const functions = sandboxes.filter((container) => container.labels[label.podRole] === 'function');
  const wires = functions.map(async (holder) => {
    const fn = podOf(holder);
    // A function's pod is named after the one whose traffic passes it.
    const guarded = sandboxes.find((container) => podOf(container) === fn.slice(0, fn.lastIndexOf('.')));
    if (guarded?.pid === undefined || holder.pid === undefined) return [];
    return observeWires({ pod: podOf(guarded), pid: guarded.pid, function: fn, functionPid: holder.pid });
  });
  return (await Promise.all(wires)).flat();
}

async function appliedFunctions({ folder, spec }: DeployContext): Promise<Record<string, AppliedFunction>> {
  const pods = spec.pods.filter((pod: PodSpec) => pod.function);
  const entries = await Promise.all(
    pods.map(
      async ({ name }) =>
        [name, await folder.readJson<AppliedFunction>(`${functionFolder(name)}/applied.json`)] as const,
    ),
  );
  return Object.fromEntries(
    entries.filter((entry): entry is [string, AppliedFunction] => entry[1] !== undefined),
  );
}
