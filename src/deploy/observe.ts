import type { ObservedContainer } from '../engines/observed.ts';
import { whileTheyRun } from '../engines/while-they-run.ts';
import { label } from '../lib/labels.ts';
import { observeGuard } from '../networks/path/guard/guard.ts';
import { kindNamed } from '../networks/path/kinds.ts';
import { type ObservedPath, observePaths as observeAll } from '../networks/path/observe.ts';
import { functionsOf, isSharedFunction, routingOf } from '../selector/led.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { notesOf, readinessOf, stopsOf } from './function-hooks/readiness.ts';
import { observeEndpoints } from './observe-endpoints.ts';
import { keyOf, type Observed, type ObservedChains, pathOwner, podOf } from './observed.ts';
import { standInsFor } from './stand-ins.ts';
import { stoppedFunctions } from './stopped.ts';
import { observeStrays } from './strays.ts';
import { observeSwitches } from './switch-network.ts';

/** Looks at everything of a project that exists, but for images: who heals makes none. */
export async function observe(context: DeployContext): Promise<Observed> {
  const { engine, management, project, spec, far } = context;
  return whileTheyRun(
    () => engine.workloads.observe(project),
    async (objects) => {
      const pods = [context.spec, ...(context.known ?? [])].flatMap((spec) => spec.pods);
      const notes = await notesOf({ pods }, context.folder);
      const isReady = readinessOf(context.spec, objects.containers, notes);
      const [endpoints, ports, guard, paths, functions, strays, elsewhere] = await Promise.all([
        observeEndpoints(context, objects.containers),
        management.ports(),
        observeGuard(project),
        observePaths(context.spec, objects.containers, isReady),
        observeFunctions(context.spec, objects.containers),
        observeStrays(context.spec, objects.containers),
        far.sandboxes(spec),
      ]);
      return {
        ...objects,
        endpoints,
        management: ports,
        images: {},
        paths,
        chains: chainsOf(paths),
        proofs: context.proofs.of(project),
        hooks: notes,
        stops: stopsOf({ pods }),
        strays,
        functions,
        ...(elsewhere.length > 0 && { elsewhere }),
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
    ...references.map((reference) => engine.images.find(reference)),
  ]);
  const present = references.flatMap((reference, index) => {
    const image = images[index];
    return image ? [[reference, image.id] as const] : [];
  });
  const [networks, volumes, switches] = await Promise.all([
    foreign(spec.networks, observed.networks, () => networkNames(context)),
    foreign(spec.volumes, observed.volumes, () => engine.workloads.volumeNames()),
    observeSwitches(context, observed.networks),
  ]);
  return { ...observed, images: Object.fromEntries(present), others: { networks, volumes }, switches };
}

/** The names of all networks but those of the project that another node has made since it was looked at. */
export async function networkNames({
  engine,
  networking,
  project,
}: Pick<DeployContext, 'engine' | 'networking' | 'project'>): Promise<ReadonlySet<string>> {
  const names = await engine.workloads.networkNames();
  // Not before: it may come in between.
  const networks = await networking.networks.list();
  const own = new Set(
    networks.flatMap(({ name, labels }) => (labels[label.project] === project ? [name] : [])),
  );
  return new Set([...names].filter((name) => !own.has(name)));
}

/** Which of the names exist without being the project's. */
async function foreign(
  wanted: readonly { readonly name: string }[],
  own: readonly { readonly name: string }[],
  all: () => Promise<ReadonlySet<string>>,
): Promise<ReadonlySet<string>> {
  const known = new Set(own.map(({ name }) => name));
  const names = wanted.map(({ name }) => name).filter((name) => !known.has(name));
  if (names.length === 0) return new Set();
  // All at once: an application of a thousand volumes asks no more than one of a single volume.
  const existing = await all();
  return new Set(names.filter((name) => existing.has(name)));
}

/**
 * The paths of pods that run, through functions that run; by what labels say they are.
 * @param isReady whether a function whose program is a process lets anything pass
 */
export async function observePaths(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
  isReady: (pid: number) => boolean = () => true,
): Promise<ObservedPath[]> {
  const byOwner = Map.groupBy(runningFunctions(containers), (holder) => pathOwner(holder, spec));
  const stopped = stoppedFunctions(spec, containers, (pid) => !isReady(pid));
  const standIns = standInsFor(spec, containers, (pid) => !isReady(pid));
  const shared = new Set([
    ...spec.pods.filter(isSharedFunction).map(({ name }) => name),
    ...[...standIns.values()].flat().map(({ name }) => name),
  ]);
  const running = runningSandboxes(containers);
  const pods = running.map((sandbox) => {
    const pod = podOf(sandbox);
    const specified = spec.pods.find(({ name }) => name === pod);
    const wanted = specified ? functionsOf(specified) : [];
    const instead = wanted.flatMap((fn) => (standIns.get(fn) ?? []).map(({ name }) => name));
    const passed = new Set([...wanted, ...instead]);
    const owned = byOwner.get(pod) ?? [];
    const others = running.filter((one) => passed.has(podOf(one)) && !owned.includes(one));
    const functions = [...owned, ...others].map((holder) => {
      const name = podOf(holder);
      const fn = spec.pods.find((one) => one.name === name);
      return {
        name,
        pid: holder.pid,
        isShared: shared.has(name),
        hasManyWires: fn?.forwards !== undefined,
        ...(fn && routingOf(fn)),
        isStopped: stopped.has(name),
      };
    });
    return { pod, pid: sandbox.pid, functions };
  });
  return observeAll(spec.project, pods);
}

function chainsOf(paths: readonly ObservedPath[]): Record<string, ObservedChains> {
  const led = paths.filter(({ chains, digest }) => chains !== undefined || digest !== undefined);
  return Object.fromEntries(
    led.map(({ pod, chains = {}, digest }) => [
      pod,
      { paths: chains, ...(digest !== undefined && { digest }) },
    ]),
  );
}

/** What is in force of each function that runs, by its pod: what it was made from. Those where nothing is are left out. */
export async function observeFunctions(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  containers: readonly ObservedContainer[],
): Promise<Record<string, string>> {
  const running = new Map(runningFunctions(containers).map((holder) => [podOf(holder), holder.pid]));
  const found = await Promise.all(
    pods.flatMap(({ name, function: fn }) => {
      const pid = running.get(name);
      const configuration = fn && kindNamed(fn.kind).configuration;
      if (!configuration || pid === undefined) return [];
      return [configuration.observe({ pid }).then((digest) => [name, digest] as const)];
    }),
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
