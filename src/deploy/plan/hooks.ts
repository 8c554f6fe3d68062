import { failedAt, stateOf } from '../../networks/path/proof/proof.ts';
import { functionsOf } from '../../selector/led.ts';
import type { ContainerSpec, PodSpec } from '../../selector/spec.ts';
import { knownContainers } from '../far.ts';
import { isToStart, programOf, whyConfigure, whyHeal, whyNotReady } from '../function-hooks/due.ts';
import { concernedBy, type HookedPod, hookInputs, instancesOf, isHooked } from '../function-hooks/inputs.ts';
import { connectionsOf } from './connections.ts';
import { sandboxSteps } from './functions.ts';
import { hookStep, readyAfter } from './hook-steps.ts';
import { startsOf } from './led.ts';
import type { Planning } from './planning.ts';
import { planUpgrade } from './upgrade-hooks.ts';

/** Ids of the steps after which there are the outputs that a container uses, planned or not. */
export function outputSteps({ spec }: Planning, { outputsOf = [] }: ContainerSpec): string[] {
  return outputsOf.flatMap((fn) => instancesOf(spec, fn).map(({ name }) => hookStep(name, 'configure')));
}

/** Whether a function runs and is not ready: nothing passes it, until its hooks have been called. */
export function isUnready({ observed, pods }: Planning, fn: string): boolean {
  const pod = pods.get(fn);
  if (!pod || !isHooked(pod)) return false;
  const program = programOf(pod, observed.containers);
  return program !== undefined && whyNotReady(pod, observed.hooks?.[fn], program) !== undefined;
}

/**
 * Functions that are to be configured by their own managers, and healed, before traffic passes them: those that start, and those that
 * are told something else than before. Who asked for something else is not told of others, unless that changes what they are told.
 * Planned when all is that they are told of.
 */
export function planHooks(planning: Planning, wanted: readonly PodSpec[]): void {
  const are = new Set(wanted);
  const planned = new Set<string>();
  const visit = (pod: HookedPod) => {
    if (planned.has(pod.name)) return;
    planned.add(pod.name);
    const used = pod.containers
      .flatMap(({ outputsOf = [] }) => outputsOf)
      .flatMap((fn) => instancesOf(planning.spec, fn));
    for (const one of used) visit(one);
    planReady(planning, pod, { used, isWanted: are.has(pod) });
  };
  for (const pod of planning.spec.pods.filter(isHooked)) visit(pod);
}

interface Around {
  /** Functions whose outputs it uses. */
  readonly used: readonly HookedPod[];
  readonly isWanted: boolean;
}

function planReady(planning: Planning, pod: HookedPod, { used, isWanted }: Around): void {
  const { spec, observed, options, builder } = planning;
  const { name } = pod;
  const notes = observed.hooks?.[name];
  const program = programOf(pod, observed.containers);
  const starts = startsOf(builder, pod);
  if (!program && starts.length === 0) return;
  const id = hookStep(name, 'configure');
  const concerned = concernedBy(spec, pod);
  const told = [
    ...sandboxSteps(
      builder,
      concerned.map((one) => one.name),
    ),
    ...concerned.flatMap((one) => connectionsOf(planning, one)),
    ...used.map((one) => hookStep(one.name, 'configure')).filter((step) => builder.has(step)),
  ].filter((step) => !builder.follows(step, id));
  if (!isWanted && starts.length === 0 && told.length === 0) return;
  const outputs = Object.entries(observed.hooks ?? {}).map(([one, known]) => [one, known.outputs] as const);
  const inputs = hookInputs(spec, knownContainers(observed), pod, Object.fromEntries(outputs));
  const digest = options.hash({ inputs, how: pod.forwards.hooks.configure });
  const why = () =>
    starts.length > 0 || !program
      ? 'its program starts'
      : (whyConfigure(pod, notes, program, digest) ??
        (told.length > 0 ? 'what its manager is told may have changed' : undefined));
  const reason = pod.forwards.hooks.configure && why();
  if (reason !== undefined) {
    const args = { function: name, occasion: { hook: 'configure', reason } } as const;
    builder.add('callHook', `${name} configure`, args, reason, [...starts, ...told]);
  }
  planHeal(planning, pod, starts);
  planUpgrade(planning, pod, starts);
}

/** One that was taken out on purpose is new when it comes back: nothing is noted of it. */
function planHeal({ observed, builder }: Planning, pod: HookedPod, starts: readonly string[]): void {
  const { name } = pod;
  const notes = observed.hooks?.[name];
  const program = programOf(pod, observed.containers);
  if (!pod.forwards.hooks.heal) return;
  const again = 'its program ended, and runs again';
  const ended = starts.length > 0 && !program && notes ? again : undefined;
  const reason = ended ?? (starts.length === 0 && program ? whyHeal(pod, notes, program) : undefined);
  const since = notes?.calls.heal?.at ?? '';
  const failed = observed.proofs?.find((proof) => failedAt(proof) === name && proof.at > since);
  const isFailed = reason === undefined && starts.length === 0 && failed !== undefined;
  const because = reason ?? (isFailed ? `the proof of ${failed.chain} failed at it` : undefined);
  if (because === undefined) return;
  const occasion = { hook: 'heal', reason: because, ...(isFailed && { chain: failed.chain }) } as const;
  builder.add('callHook', `${name} heal`, { function: name, occasion }, because, [
    ...starts,
    hookStep(name, 'configure'),
  ]);
}

/** Functions that are told that their chains are proven: once for each run of their programs. Planned last. */
export function planStarts(planning: Planning, wanted: readonly PodSpec[]): void {
  const { spec, observed, builder } = planning;
  const are = new Set(wanted);
  for (const pod of spec.pods.filter(isHooked)) {
    const { name } = pod;
    if (!are.has(pod) && !builder.has(hookStep(name, 'configure'))) continue;
    const program = programOf(pod, observed.containers);
    const starts = startsOf(builder, pod);
    const isDue = program && starts.length === 0 && isToStart(pod, observed.hooks?.[name], program);
    if (!pod.forwards.hooks.start || (starts.length === 0 && !isDue)) continue;
    const led = spec.pods.filter((one) => functionsOf(one).includes(name)).map((one) => one.name);
    const isFailed = (one: string) =>
      observed.proofs?.some((proof) => proof.pod === one && stateOf(proof) === 'failed') &&
      !builder.has(`proveChains ${one}`);
    if (led.some(isFailed)) continue;
    const reason = 'its chains are proven';
    builder.add(
      'callHook',
      `${name} start`,
      { function: name, occasion: { hook: 'start', reason } },
      reason,
      [
        ...starts,
        ...readyAfter(planning, name),
        ...builder.idsOf('insertWire', led),
        ...builder.idsOf('proveChains', led),
      ],
    );
  }
}
