import type { PodSpec } from '../../selector/spec.ts';
import { peerServices } from '../chain-inputs.ts';
import { knownContainers } from '../far.ts';
import { functionInputs } from '../function-inputs.ts';
import { guardInputs } from '../guard-neighbours.ts';
import { holdBack } from './endpoints.ts';
import { configurationOf, sandboxSteps } from './functions.ts';
import type { Planning } from './planning.ts';

/**
 * The host's rules that keep others from speaking as those whom functions know: made anew whenever one of these is
 * somewhere else. What is guarded or known does not run before they stand. Planned when all else is.
 */
export function planGuard(planning: Planning, wanted: readonly PodSpec[]): void {
  const { spec, observed, options, builder } = planning;
  const functions = spec.pods.filter((pod) => pod.function);
  if (functions.length === 0 && spec.pods.every(({ chains }) => chains === undefined)) {
    if (observed.guard === undefined || options.mode !== 'up') return;
    const wires = builder.ids().filter((id) => id.startsWith('removeWire '));
    builder.add('removeGuard', spec.project, {}, 'no function in a path is left', wires);
    return;
  }
  const known = knownPods(planning, functions);
  const steps = [
    ...sandboxSteps(builder, [...known, ...functions.map(({ name }) => name)]),
    ...builder.idsOf('insertWire', known),
    ...builder.idsOf('removeWire', known),
    ...functions.map(({ name }) => configurationOf(name)).filter((id) => builder.has(id)),
  ];
  if (steps.length === 0 && observed.guard === options.hash(guardInputs(spec, observed.containers))) return;
  const reason =
    observed.guard === undefined ? 'there are none' : 'where pods are that functions know changed';
  const id = builder.add('guardNeighbours', spec.project, {}, reason, steps);
  holdBack(
    builder,
    wanted.filter(({ name }) => known.has(name)),
    id,
  );
}

/** Those that are guarded, and those that functions know, or that chains are with. */
function knownPods({ spec, observed, replicas }: Planning, functions: readonly PodSpec[]): Set<string> {
  const led = spec.pods.filter(({ chains }) => chains !== undefined);
  const services = new Set(led.flatMap((pod) => peerServices(pod)));
  const once = spec.pods.filter(({ role, service }) => role === 'oneoff' && services.has(service ?? ''));
  const peers = [...[...services].flatMap((service) => replicas.get(service) ?? []), ...once];
  return new Set([
    ...[...led, ...peers].map(({ name }) => name),
    ...functions.flatMap((pod) => [
      pod.function?.pod ?? '',
      ...(functionInputs(spec, knownContainers(observed), pod)?.concerned ?? []),
    ]),
  ]);
}
