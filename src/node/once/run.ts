import { PassThrough } from 'node:stream';
import type { ExecInput, ExecOutput, OnceRequest } from '../../api/contracts/exec.ts';
import type { OperationEvent } from '../../api/messages.ts';
import { homeOf } from '../../deploy/home.ts';
import { containerLabels } from '../../deploy/labels.ts';
import { observe } from '../../deploy/observe.ts';
import { imagesPlan, transferPlan } from '../../deploy/plan/images.ts';
import { plan } from '../../deploy/plan/plan.ts';
import { shownPlan } from '../../deploy/plan/shown.ts';
import { runPlan } from '../../deploy/run.ts';
import type { Plan } from '../../deploy/step.ts';
import type { InteractiveExec } from '../../engines/console.ts';
import { HeddleError } from '../../lib/errors.ts';
import { label } from '../../lib/labels.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { Applications, Tools } from '../applications.ts';
import { attachedSpec } from '../desired.ts';
import { feed, firstOf } from '../joined.ts';
import { type Surroundings, surroundings } from './plan.ts';
import { attended, clearUp } from './sweep.ts';
import { tellingSteps } from './telling.ts';

/** Milliseconds that a one-off is given to end when its client has gone. */
const afterClient = 10_000;

type OnEvent = (event: OperationEvent) => void;

/**
 * Runs a container beside the replicas of a service: makes what it needs, joins its streams to the client's before it
 * starts, and clears up behind it. It ends with its client, unless it was detached.
 */
export async function* runOnce(
  applications: Applications,
  project: string,
  inputs: AsyncIterable<ExecInput>,
  signal: AbortSignal,
): AsyncGenerator<ExecOutput> {
  const { first, rest } = await firstOf(inputs, 'once');
  const request = first as OnceRequest;
  const once = surroundings(request, applications.desired(project));
  const name = once.pod.containers[0]?.name ?? '';
  const tty = once.pod.containers[0]?.tty === true;
  attended.add(name);
  let over = false;
  const clear = async () => {
    if (over || request.detach) return;
    over = true;
    await end(applications, project, once, request.remove);
  };
  try {
    const started = yield* reporting((report) =>
      applications.exclusively(
        project,
        (tools, ending) => begin(applications, request, once, tools, report, ending),
        signal,
      ),
    );
    if (!started) throw new HeddleError('ERR_NODE_ABSENT', 'the client went away before it started');
    if (request.detach) {
      yield { type: 'attached', container: name, tty };
      yield { type: 'ended', exitCode: 0 };
      return;
    }
    yield { type: 'attached', container: name, tty };
    const exitCode = yield* joined(applications, name, started, rest, signal);
    // Whoever hears that it has ended finds nothing of it any more.
    await clear();
    yield { type: 'ended', exitCode };
  } finally {
    await clear().finally(() => attended.delete(name));
  }
}

/** What a container prints, and then its exit code. */
async function* joined(
  { engine }: Applications,
  name: string,
  { program, ended }: Started,
  inputs: AsyncIterable<ExecInput>,
  signal: AbortSignal,
): AsyncGenerator<ExecOutput, number> {
  const gone = () => void engine.workloads.stop(name, afterClient).catch(() => {});
  if (signal.aborted) gone();
  signal.addEventListener('abort', gone);
  if (program) {
    void feed(program, inputs, (wanted) => engine.workloads.kill(name, wanted));
    for await (const { stream, data } of program.output) {
      yield { type: 'output', stream, data: data.toString('base64') };
    }
  }
  return ended();
}

interface Started {
  /** Its streams, unless it was detached. */
  readonly program?: InteractiveExec;
  ended(): Promise<number>;
}

/** Makes all that it needs, then itself. Returns nothing when the client has gone meanwhile. */
async function begin(
  applications: Applications,
  request: OnceRequest,
  once: Surroundings,
  tools: Tools,
  report: OnEvent,
  signal: AbortSignal,
): Promise<Started | undefined> {
  const { spec, pod, wanted } = once;
  const context = applications.context(spec);
  const [container] = pod.containers;
  if (!container) throw new HeddleError('ERR_USAGE', 'run: the one-off has no container');
  await carryOut(applications, spec, await imageSteps(applications, request, once), report, signal);
  if (signal.aborted) return undefined;
  if (wanted) tools.want(wanted);
  const options = tools.healing({ settled: true, ranks: true, stopped: once.others, mayRestart: () => true });
  const own = new Set([`createContainer ${container.name}`, `startContainer ${container.name}`]);
  const { project, steps, warnings } = plan(spec, await observe(context), options);
  if (!steps.some(({ id }) => id === `createContainer ${container.name}`)) {
    throw new HeddleError('ERR_USAGE', `there is a container ${container.name} already`, {
      hint: 'choose another --name',
    });
  }
  await carryOut(
    applications,
    spec,
    { project, warnings, steps: steps.filter(({ id }) => !own.has(id)) },
    report,
    signal,
  );
  await letIn(applications, tools, spec.project, report, signal);
  if (signal.aborted) return undefined;
  const { engine, hash } = applications.context(spec);
  const labels = containerLabels(spec.project, pod, container, hash(container));
  const marked = request.remove ? { ...labels, [label.remove]: 'true' } : labels;
  await engine.workloads.createContainer(container, await homeOf(context, pod, container), marked);
  const tty = container.tty === true;
  const program = request.detach
    ? undefined
    : await engine.console.attach(container.name, { tty, input: request.input });
  await engine.workloads.start(container.name);
  // At once: a program asks for it when it starts.
  if (tty && request.size) await program?.resize(request.size);
  const never = new AbortController().signal;
  return { ...(program && { program }), ended: () => engine.workloads.ended(container.name, never) };
}

/** The images that are missing of what will be started, and that of the one-off as it was asked for. */
async function imageSteps(
  { engine }: Applications,
  { build, pull }: OnceRequest,
  { spec, pod, others }: Surroundings,
): Promise<Plan> {
  const started = spec.pods.filter(
    ({ service, role, oneOff }) => role === 'oneoff' || oneOff || !others.has(service ?? ''),
  );
  const all = started.flatMap(({ sandbox, containers }) => [
    ...(sandbox.kind === 'own' ? [sandbox.image] : []),
    ...containers.map(({ image }) => image),
  ]);
  const references = [...new Set(all)];
  const present = new Set<string>();
  for (const reference of Object.keys(spec.images))
    if (await engine.images.find(reference)) present.add(reference);
  const own = pod.containers[0]?.image ?? '';
  if (pull === 'never' && !present.has(own)) {
    throw new HeddleError('ERR_IMAGE_MISSING', `${own} is not present, and --pull is never`);
  }
  const missing = imagesPlan(spec.images, present, references, false);
  if (pull === 'always' && spec.images[own]?.kind === 'registry') {
    const others = missing.steps.filter(({ subject }) => subject !== own);
    return {
      project: spec.project,
      warnings: [],
      steps: [...others, ...transferPlan('pullImage', [own]).steps],
    };
  }
  if (!build || spec.images[own]?.kind !== 'build') return missing;
  const anew = imagesPlan(spec.images, present, [own], false, '--build');
  const ids = new Set(anew.steps.map(({ id }) => id));
  return {
    project: spec.project,
    warnings: [],
    steps: [...missing.steps.filter(({ id }) => !ids.has(id)), ...anew.steps],
  };
}

/**
 * Functions whose rules let in the service let in its one-off, too: they are told its address before it starts. So are chains
 * that are with the service, and the host's rules for both.
 */
async function letIn(
  applications: Applications,
  tools: Tools,
  project: string,
  report: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const desired = applications.desired(project);
  if (!desired) return;
  const spec = attachedSpec(desired);
  const options = tools.healing({
    settled: false,
    stopped: new Set(desired.stopped),
    mayRestart: () => false,
  });
  const { steps } = plan(spec, await observe(applications.context(spec)), options);
  await carryOut(applications, spec, { project, warnings: [], steps: tellingSteps(steps) }, report, signal);
}

async function carryOut(
  applications: Applications,
  spec: DeploymentSpec,
  steps: Plan,
  report: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  if (steps.steps.length === 0) return;
  report({ type: 'plan', plan: shownPlan(steps) });
  await runPlan({ ...applications.context(spec), signal }, steps, report);
}

/** Nothing of it is left behind, also when it never came to start. */
async function end(
  applications: Applications,
  project: string,
  { pod }: Surroundings,
  remove: boolean,
): Promise<void> {
  const container = await applications.engine.workloads.inspect(pod.containers[0]?.name ?? '');
  // One that never ran has nothing to look at.
  const whole = remove || !container || container.state === 'created';
  await applications.exclusively(project, () => clearUp(applications, project, pod.name, whole));
}

/** What is reported while something is done, and then its result. */
async function* reporting<Result>(
  work: (report: OnEvent) => Promise<Result>,
): AsyncGenerator<ExecOutput, Result> {
  const events = new PassThrough({ objectMode: true });
  const result = work((event) => void events.write(event)).finally(() => events.end());
  result.catch(() => {});
  for await (const event of events) yield { type: 'event', event: event as OperationEvent };
  return result;
}
