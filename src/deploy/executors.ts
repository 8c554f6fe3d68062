import type { Progress } from '../engines/images.ts';
import { HeddleError } from '../lib/errors.ts';
import { label } from '../lib/labels.ts';
import { removeGuard } from '../networks/path/guard/guard.ts';
import { retireInstance } from '../networks/path/patch/retire.ts';
import { insertPath, releaseFunction, removePanelRemains, removePath } from '../networks/path/path.ts';
import { forgetPassed, passedVolumes, rememberPassed, withPassed } from './anonymous-volumes.ts';
import { awaitService } from './await-service.ts';
import { configureFunction } from './configure-function.ts';
import { connectEndpoint, disconnectEndpoint } from './connect-endpoint.ts';
import type { DeployContext } from './context.ts';
import { definitionOf, sandboxDefinitionOf } from './definition.ts';
import { isRestarted } from './ended.ts';
import { callHook } from './function-hooks/call-hook.ts';
import { forgetNotes } from './function-hooks/notes.ts';
import { guardNeighbours } from './guard-neighbours.ts';
import { homeOf } from './home.ts';
import { containerLabels, resourceLabels, sandboxLabels } from './labels.ts';
import { startByName, startWithHooks, stopWithHooks } from './life.ts';
import { ownerOf } from './network-owners.ts';
import { podOf } from './observed.ts';
import { obtainImage } from './obtain-image.ts';
import { pathEnds } from './path-ends.ts';
import { provePod } from './prove-pod.ts';
import { runningSandbox } from './running-sandbox.ts';
import type { StepArguments, StepKind, StepOf } from './step.ts';
import { switchNetwork } from './switch-network.ts';

/** Told what came of a step in place of what it is for, in words, where that is no failure. */
export type Note = (text: string) => void;

/** `held`: what waits for the step is not done either, and that is no failure. */
// biome-ignore lint/suspicious/noConfusingVoidType: most steps have nothing to say.
export type Done = 'held' | void;

type Executor<Kind extends StepKind> = (
  context: DeployContext,
  args: StepArguments[Kind],
  progress: Progress,
  note: Note,
) => Promise<Done>;

type Executors = { readonly [Kind in StepKind]: Executor<Kind> };

/** How each kind of step is carried out. Every one may be run again after it was cut short. */
const executors: Executors = {
  obtainImage: ({ engine }, { reference, source }, progress) =>
    obtainImage(engine, reference, source, progress),

  createNetwork: (context, { network }) => ownerOf(network.owner).create(context, network),
  switchNetwork: (context, { network }) => switchNetwork(context, network),
  removeNetwork: async (context, { name, owner }, _progress, note) => {
    const nodes = await ownerOf(owner).remove(context, name);
    if (nodes.length > 0) note(`Stays: ${nodes.map((one) => `node ${one}`).join(', ')} has endpoints on it`);
  },

  createVolume: ({ engine, project, hash }, { volume }) =>
    engine.workloads.createVolume(volume, resourceLabels(project, hash(volume))),
  removeVolume: ({ engine }, { name }) => engine.workloads.removeVolume(name),

  createSandbox: async ({ engine, project, hash }, { pod, start }) => {
    if (pod.sandbox.kind !== 'own') return;
    await engine.workloads.createSandbox(
      pod.sandbox,
      sandboxLabels(project, pod, hash(sandboxDefinitionOf(pod.sandbox))),
    );
    if (start !== false) await engine.workloads.start(pod.sandbox.name);
  },
  startSandbox: async ({ engine }, { pod }) => {
    if (pod.sandbox.kind === 'own') await engine.workloads.start(pod.sandbox.name);
  },

  connectEndpoint: async (context, { pod, network }) =>
    connectEndpoint(context, pod, network, await runningSandbox(context, pod)),
  disconnectEndpoint: (context, { pod, network }) => disconnectEndpoint(context, pod, network),

  connectManagement: async (context, { pod }) => {
    if (!pod.management) return;
    const { pid } = await runningSandbox(context, pod);
    await context.management.connect(pod.name, pid, pod.management.address, pod.management.isolated);
  },
  configureFunction: (context, { pod }) => configureFunction(context, pod),
  callHook: (context, { function: fn, occasion }, _progress, note) => callHook(context, fn, occasion, note),
  insertWire: async (context, { pod }, progress) => {
    context.proofs.forget(context.project, pod.name);
    const ends = await pathEnds(context, pod);
    for (const cut of await insertPath(ends)) progress(`cut off: ${cut}, in which no function can stand`);
    await context.proofs.mind(ends);
  },
  proveChains: (context, { pod }, _progress, note) => provePod(context, pod, note),
  drainFunction: async ({ project, signal }, args, _progress, note) => {
    const left = await retireInstance(project, args.function, args.limit, signal);
    if (left === undefined) {
      note(
        'Stays: it is given new flows until what takes its place is proven, and nobody is there to prove that with',
      );
      return 'held';
    }
    if (left > 0) note(`After ${args.limit / 1000} s ${left} of its flows had not ended`);
  },
  guardNeighbours: (context) => guardNeighbours(context),
  removeGuard: ({ project }) => removeGuard(project),
  removeWire: async ({ project, proofs }, { pod }) => {
    proofs.forget(project, pod);
    await removePath(project, pod);
    proofs.release(project);
  },
  releaseFunction: async ({ project, proofs }, args) => {
    await releaseFunction(project, args.function);
    proofs.release(project);
  },

  disconnectManagement: ({ management }, { pod }) => management.disconnect(pod),
  removeManagement: ({ management }) => management.remove(),

  createContainer: async (context, { pod, container, renewVolumes, start }, _progress, note) => {
    const { engine, project, hash, folder } = context;
    const passed = renewVolumes ? [] : await passedVolumes(context, container);
    const home = withPassed(await homeOf(context, pod, container), passed);
    const labels = containerLabels(project, pod, container, hash(definitionOf(container)));
    try {
      await engine.workloads.createContainer(container, home, labels);
      await forgetPassed(folder, container.name);
      if (start === false) note('Created');
      else await startWithHooks(context, pod, container);
    } catch (cause) {
      // What shares the processes of another fails of whatever that one's end makes it fail of.
      if (home.pid === undefined || (await engine.workloads.inspect(home.pid))?.state === 'running')
        throw cause;
      throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${container.name}: ${home.pid} does not run`, {
        cause,
      });
    }
  },
  startContainer: (context, { name }) => startByName(context, name),
  stopContainer: (context, { name, grace }) => stopWithHooks(context, name, grace),
  removeContainer: async (context, { name, grace, volumes }) => {
    const { engine, folder } = context;
    const container = await engine.workloads.inspect(name);
    const remove = async () => {
      if (volumes === 'pass' && container) await rememberPassed(folder, container);
      await engine.workloads.remove(name, volumes === 'remove' ? 'remove' : 'keep');
    };
    if (container?.state === 'running') await stopWithHooks(context, name, grace, remove);
    else await remove();
    if (container?.labels[label.role] === 'sandbox') await forgetNotes(folder, podOf(container));
  },

  signalContainer: ({ engine }, { name, signal }) => engine.workloads.kill(name, signal),
  pauseContainer: ({ engine }, { name }) => engine.workloads.pause(name),
  unpauseContainer: ({ engine }, { name }) => engine.workloads.unpause(name),
  pullImage: ({ engine }, { reference }, progress) => engine.images.pull(reference, progress),
  pushImage: ({ engine }, { reference }, progress) => engine.images.push(reference, progress),
  removeImage: async ({ engine }, { reference }, _progress, note) => {
    const why = await engine.images.remove(reference);
    if (why !== undefined) note(`Stays: ${why}`);
  },

  awaitService: ({ engine, spec, signal }, { dependency, containers }) =>
    awaitService(
      engine,
      dependency,
      containers,
      (name, exitCode) => isRestarted(spec, name, exitCode),
      signal,
    ),
  awaitFarService: ({ far, project, signal }, { dependency, pods }) =>
    far.awaitService(project, dependency, pods, signal),
  removeState: async ({ folder, project, proofs }, { keepVolumes }) => {
    // Of ways whose pods had ended before anybody took them out.
    await removePanelRemains(project);
    proofs.release(project);
    await folder.remove(keepVolumes);
  },
};

/** Carries out one step. */
export function execute<Kind extends StepKind>(
  context: DeployContext,
  { kind, args }: StepOf<Kind>,
  progress: Progress,
  note: Note,
): Promise<Done> {
  return executors[kind](context, args, progress, note);
}

/** The process that holds a pod's namespaces. */
