import type { ObservedContainer } from '../engines/engine.ts';
import { label } from '../lib/labels.ts';
import { observeGuard } from '../networks/guard/guard.ts';
import { observeWire, type Wire } from '../networks/wire/wire.ts';
import { functionFolder, type PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { type AppliedFunction, keyOf, type Observed, podOf } from './observed.ts';
import { observeStrays } from './strays.ts';

/** Looks at everything of a project that exists, but for images: who heals makes none. */
export async function observe(context: DeployContext): Promise<Observed> {
  const { engine, management, project } = context;
  const [objects, ports, functions, guard] = await Promise.all([
    engine.observe(project),
    management.ports(),
    appliedFunctions(context),
    observeGuard(project),
  ]);
  const [wires, strays] = await Promise.all([
    observeWires(project, objects.containers),
    observeStrays(context.spec, objects.containers),
  ]);
  return {
    ...objects,
    management: ports,
    images: {},
    wires,
    strays,
    functions,
    ...(guard !== undefined && { guard }),
  };
}

/** The same with the images that are present of those that the application needs, for `up`. */
export async function observeWithImages(context: DeployContext): Promise<Observed> {
  const { spec, engine } = context;
  const references = Object.keys(spec.images);
  const [observed, ...images] = await Promise.all([
    observe(context),
    ...references.map((reference) => engine.image(reference)),
  ]);
  const present = references.flatMap((reference, index) => {
    const image = images[index];
    return image ? [[reference, image.id] as const] : [];
  });
  const [networks, volumes] = await Promise.all([
    foreign(spec.networks, observed.networks, (name) => engine.hasNetwork(name)),
    foreign(spec.volumes, observed.volumes, (name) => engine.hasVolume(name)),
  ]);
  return { ...observed, images: Object.fromEntries(present), others: { networks, volumes } };
}

/** Which of the names exist without being the project's. */
async function foreign(
  wanted: readonly { readonly name: string }[],
  own: readonly { readonly name: string }[],
  exists: (name: string) => Promise<boolean>,
): Promise<ReadonlySet<string>> {
  const known = new Set(own.map(({ name }) => name));
  const names = [...new Set(wanted.map(({ name }) => name))].filter((name) => !known.has(name));
  const found = await Promise.all(names.map(exists));
  return new Set(names.filter((_name, index) => found[index]));
}

/** Wires of pods and functions that run, by what their sandboxes' labels say they are. */
export async function observeWires(
  project: string,
  containers: readonly ObservedContainer[],
): Promise<Wire[]> {
  const sandboxes = containers.filter(
    (container) => keyOf(container) === 'sandbox' && container.pid !== undefined,
  );
  const functions = sandboxes.filter((container) => container.labels[label.podRole] === 'function');
  const wires = functions.map(async (holder) => {
    const fn = podOf(holder);
    // A function's pod is named after the one whose traffic passes it.
    const guarded = sandboxes.find((container) => podOf(container) === fn.slice(0, fn.lastIndexOf('.')));
    if (guarded?.pid === undefined || holder.pid === undefined) return [];
    const ends = { project, pod: podOf(guarded), pid: guarded.pid, function: fn, functionPid: holder.pid };
    return (await observeWire(ends)) ?? [];
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
