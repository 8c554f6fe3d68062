import type { ObservedContainer } from '../engines/engine.ts';
import { whileTheyRun } from '../engines/while-they-run.ts';
import { label } from '../lib/labels.ts';
import { observeRuleset } from '../networks/firewall/observe.ts';
import { observeGuard } from '../networks/guard/guard.ts';
import { observeWire, type Wire } from '../networks/wire/wire.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { keyOf, type Observed, pathOwner, podOf } from './observed.ts';
import { observeStrays } from './strays.ts';

/** Looks at everything of a project that exists, but for images: who heals makes none. */
export async function observe(context: DeployContext): Promise<Observed> {
  const { engine, management, project } = context;
  return whileTheyRun(
    () => engine.observe(project),
    async (objects) => {
      const [ports, guard, wires, functions, strays] = await Promise.all([
        management.ports(),
        observeGuard(project),
        observeWires(context.spec, objects.containers),
        observeFunctions(objects.containers),
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
    },
  );
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

/** Wires of pods and functions that run, by what labels say they are. */
export async function observeWires(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
): Promise<Wire[]> {
  const { project } = spec;
  const wires = runningFunctions(containers).map(async (holder) => {
    const pod = pathOwner(holder, spec);
    const guarded = runningSandboxes(containers).find((container) => podOf(container) === pod);
    if (pod === undefined || !guarded) return [];
    const ends = { project, pod, pid: guarded.pid, function: podOf(holder), functionPid: holder.pid };
    return (await observeWire(ends)) ?? [];
  });
  return (await Promise.all(wires)).flat();
}

/** What the rules of functions that run were made from, by their pods; those that have none are left out. */
export async function observeFunctions(
  containers: readonly ObservedContainer[],
): Promise<Record<string, string>> {
  const found = await Promise.all(
    runningFunctions(containers).map(
      async (holder) => [podOf(holder), await observeRuleset({ pid: holder.pid })] as const,
    ),
  );
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined));
}

type Running = ObservedContainer & { readonly pid: number };

function runningSandboxes(containers: readonly ObservedContainer[]): Running[] {
  return containers.filter(
    (container): container is Running => keyOf(container) === 'sandbox' && container.pid !== undefined,
  );
}

function runningFunctions(containers: readonly ObservedContainer[]): Running[] {
  return runningSandboxes(containers).filter(({ labels }) => labels[label.podRole] === 'function');
}
