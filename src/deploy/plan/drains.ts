import type { ObservedContainer } from '../../engines/observed.ts';
import { label } from '../../lib/labels.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { allPassed, keyOf, podOf } from '../observed.ts';
import type { Planning, Removing } from './planning.ts';

/** Milliseconds that flows have to end where nothing is said. */
const usual = 60_000;

/** Pods whose traffic passes an instance of a function that goes, and is to pass others of the same service. */
function ledThrough(
  { observed, pods }: Pick<Planning, 'observed' | 'pods'>,
  fn: string,
  service: string,
): PodSpec[] {
  const isSibling = (name: string) => {
    const pod = pods.get(name);
    return pod?.service === service && pod.forwards !== undefined && pod.forwards.pod === undefined;
  };
  return [...allPassed(observed)].flatMap(([name, passed]) => {
    const pod = pods.get(name);
    const goesOn = pod?.chains?.some(({ path }) => path.some(isSibling)) === true;
    return pod && passed.includes(fn) && goesOn ? pod : [];
  });
}

/**
 * The step before which an instance of a function is not taken away that goes while others stay: its flows end before. `containers`:
 * all that go.
 */
export function drainBefore(
  { pods, builder, observed }: Removing,
  containers: readonly ObservedContainer[],
  container: ObservedContainer,
  reason: string,
): string[] {
  const fn = podOf(container);
  const service = container.labels[label.service];
  const goesWhole = containers.some((other) => podOf(other) === fn && keyOf(other) === 'sandbox');
  if (!pods || service === undefined || !goesWhole || pods.has(fn)) return [];
  if (ledThrough({ observed, pods }, fn, service).length === 0) return [];
  const stays = [...pods.values()].find((pod) => pod.service === service && pod.forwards);
  const limit = stays?.forwards?.drain ?? usual;
  return [builder.add('drainFunction', fn, { function: fn, limit }, `${reason}, and flows are with it`)];
}

/** Nothing is drained before what took its place is proven. Planned last. */
export function orderDrains({ observed, builder }: Pick<Planning, 'observed' | 'builder'>): void {
  for (const [pod, passed] of allPassed(observed)) {
    const before = [...builder.idsOf('insertWire', [pod]), ...builder.idsOf('proveChains', [pod])];
    for (const drain of builder.idsOf('drainFunction', passed)) builder.delay(drain, before);
  }
}
