import type { ObservedContainer } from '../../engines/observed.ts';
import { composeLabel, label } from '../../lib/labels.ts';
import { functionsOf } from '../../selector/led.ts';
import { allPassed, keyOf, podOf } from '../observed.ts';
import type { AnonymousFate } from '../step.ts';
import { drainBefore } from './drains.ts';
import type { Planning, Removing } from './planning.ts';

/** Removes containers that are not wanted, and what hung on their pods. */
export function planRemoval(planning: Planning, surplus: readonly ObservedContainer[], reason: string): void {
  const { observed, builder, pods, spec } = planning;
  const removed = removeContainers(planning, surplus, reason, 'keep');
  const gone = new Set(surplus.map(podOf));
  for (const port of observed.management) {
    if (pods.get(port.pod)?.management || isUnconcerned(planning, port.pod)) continue;
    const after = gone.has(port.pod)
      ? removed
      : builder.ids().filter((id) => id.startsWith('removeContainer '));
    builder.add('disconnectManagement', port.pod, { pod: port.pod }, 'no agent of it is left', after);
  }
  const left = observed.management.some(({ pod }) => isUnconcerned(planning, pod));
  if (observed.management.length > 0 && !left && ![...pods.values()].some((pod) => pod.management)) {
    const after = builder
      .ids()
      .filter((id) => id.startsWith('disconnectManagement ') || id.startsWith('remove'));
    builder.add('removeManagement', spec.project, {}, 'no agent is left', after);
  }
  const leftBehind = removeEndpointsOf(planning, (pod) => pods.has(pod), reason);
  const wantedNetworks = new Set(spec.networks.map((network) => network.name));
  for (const network of observed.networks) {
    const { name, owner = 'engine', elsewhere } = network;
    if (wantedNetworks.has(name) || elsewhere || isUsed(planning, name)) continue;
    builder.add('removeNetwork', name, { name, owner }, reason, [...removed, ...leftBehind]);
  }
}

/** Takes endpoints away whose pods have no container any more. */
export function removeEndpointsOf(
  { builder, observed }: Pick<Planning, 'observed' | 'builder'>,
  stays: (pod: string) => boolean,
  reason: string,
): string[] {
  return observed.endpoints
    .filter(({ pod }) => !stays(pod) && !observed.containers.some((one) => podOf(one) === pod))
    .map(({ pod, network }) =>
      builder.add('disconnectEndpoint', `${pod} ${network}`, { pod, network }, reason),
    );
}

/** Whether a pod has containers, of which none goes. */
function isUnconcerned({ observed, builder }: Pick<Planning, 'observed' | 'builder'>, pod: string): boolean {
  const containers = observed.containers.filter((container) => podOf(container) === pod);
  return containers.length > 0 && !containers.some(({ name }) => builder.has(`removeContainer ${name}`));
}

/** Whether a container that stays is on a network. */
function isUsed({ observed, builder }: Pick<Planning, 'observed' | 'builder'>, network: string): boolean {
  return observed.containers.some(
    ({ name, networks }) =>
      !builder.has(`removeContainer ${name}`) && networks.some((address) => address.network === network),
  );
}

/**
 * Steps that remove containers: those that depend on others first, agents before the application, the sandbox last. A
 * wire goes after the application and before the sandboxes at its ends, so that the application never runs without it
 * and the engine finds its interfaces where it put them. `volumes`: what becomes of anonymous volumes of applications.
 * Returns the ids of all steps.
 */
export function removeContainers(
  planning: Removing,
  containers: readonly ObservedContainer[],
  reason: string,
  volumes: AnonymousFate = 'pass',
): string[] {
  const { builder, observed } = planning;
  const ids = containers.map((container) => {
    const inside = containers.filter((other) => goesBefore(other, container)).map(idOf);
    const after = [
      ...inside,
      ...wiresBefore(planning, containers, container, reason),
      ...drainBefore(planning, containers, container, reason),
    ];
    return builder.add(
      'removeContainer',
      container.name,
      {
        name: container.name,
        grace: planning.options?.grace ?? graceOf(container),
        // What agents and holders have is nobody's.
        volumes: container.labels[label.role] === 'application' ? volumes : 'remove',
      },
      reason,
      after,
    );
  });
  // One that is made anew takes its wires over from the namespace before.
  const functions = containers.filter(
    (one) => keyOf(one) === 'sandbox' && isFunction(one) && !planning.pods?.has(podOf(one)),
  );
  const sandboxes = containers.filter((container) => keyOf(container) === 'sandbox');
  const endpoints = sandboxes.flatMap((holder) =>
    observed.endpoints
      .filter(({ pod }) => pod === podOf(holder))
      .map(({ pod, network }) =>
        builder.add('disconnectEndpoint', `${pod} ${network}`, { pod, network }, reason, [idOf(holder)]),
      ),
  );
  return [
    ...ids,
    ...endpoints,
    ...functions.map((holder) =>
      builder.add('releaseFunction', podOf(holder), { function: podOf(holder) }, reason, [idOf(holder)]),
    ),
  ];
}

/** The wires that have to be taken out before a container may go, their removal planned. */
function wiresBefore(
  { builder, observed, pods }: Removing,
  containers: readonly ObservedContainer[],
  container: ObservedContainer,
  reason: string,
): string[] {
  const pod = podOf(container);
  const isSandbox = keyOf(container) === 'sandbox';
  const goesWhole = containers.some((other) => podOf(other) === pod && keyOf(other) === 'sandbox');
  // Rules and wire belong to the function's namespace: they stay when only its agent is made anew, and while it goes first.
  if (!isSandbox && (!goesWhole || container.labels[label.feature] !== undefined)) return [];
  const led = [...allPassed(observed)].filter(
    ([one, passed]) => (one === pod && isSandbox) || (one !== pod && passed.includes(pod)),
  );
  return led.flatMap(([one]) => {
    const wanted = one === pod ? undefined : pods?.get(one);
    // Who has to pass functions still is led through these in one step, and passes nobody until then.
    if (wanted && functionsOf(wanted).length > 0 && !builder.has(`removeWire ${one}`))
      return builder.idsOf('insertWire', [one]);
    // Who stays and is led stays closed: nobody goes around a function that is taken away.
    if (!wanted && stays(observed, containers, one)) return [];
    const inside = containers.filter((other) => podOf(other) === one && keyOf(other) !== 'sandbox');
    return builder.add('removeWire', one, { pod: one }, reason, inside.map(idOf));
  });
}

/** Whether a pod keeps its sandbox while these containers go. */
function stays(
  { containers }: Pick<Planning['observed'], 'containers'>,
  leaving: readonly ObservedContainer[],
  pod: string,
): boolean {
  return containers.some((one) => podOf(one) === pod && keyOf(one) === 'sandbox' && !leaving.includes(one));
}

function idOf(container: ObservedContainer): string {
  return `removeContainer ${container.name}`;
}

function isFunction(container: ObservedContainer): boolean {
  return container.labels[label.podRole] === 'function';
}

/** Whether `first` has to be gone before `second` may go. */
function goesBefore(first: ObservedContainer, second: ObservedContainer): boolean {
  if (first === second) return false;
  if (podOf(first) === podOf(second)) return rank(first) < rank(second);
  if (rank(first) !== 1 || rank(second) !== 1) return false;
  const needs = (first.labels[composeLabel.dependsOn] ?? '').split(',').map((entry) => entry.split(':')[0]);
  return needs.includes(second.labels[composeLabel.service] ?? '');
}

function rank(container: ObservedContainer): number {
  if (keyOf(container) === 'sandbox') return 2;
  return keyOf(container) === 'app' ? 1 : 0;
}

/** Milliseconds a container is given to end; the engine knows better for the application's own. */
export function graceOf(container: ObservedContainer): number {
  const written = Number(container.labels[label.grace]);
  return Number.isFinite(written) ? written : 2000;
}
