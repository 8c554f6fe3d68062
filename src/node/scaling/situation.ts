import type { ObservedContainer } from '../../engines/observed.ts';
import { isOneOff, label } from '../../lib/labels.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { ScalingSpec } from '../../selector/spec.ts';
import type { Desired } from '../desired.ts';
import type { LoggedStep } from './step-log.ts';

// What there is to do for a service that follows metrics, before these are looked at. Pure.

export type Situation =
  | { readonly kind: 'follow' }
  /** Nothing is decided. */
  | { readonly kind: 'wait'; readonly reason: string }
  /** What the last step was to bring about is not so. `replicas`: that there are. */
  | { readonly kind: 'again'; readonly reason: string; readonly replicas: number }
  /** The last step was begun by a node that died, and is over. */
  | { readonly kind: 'over'; readonly outcome: 'done' | 'interrupted' };

export function situationOf(
  { service }: Pick<ScalingSpec, 'service'>,
  desired: Desired,
  containers: readonly ObservedContainer[],
  last: LoggedStep | undefined,
): Situation {
  const reason = whyWait(service, desired);
  if (reason !== undefined) return { kind: 'wait', reason };
  const wanted = new Set(replicaPods(desired.spec, service).map(({ name }) => name));
  const there = new Set(
    containers
      .filter(({ labels }) => labels[label.service] === service && labels[label.role] === 'application')
      .filter(({ labels }) => !isOneOff(labels))
      .map(({ labels }) => labels[label.pod] ?? ''),
  );
  const replicas = there.size;
  const isLeft = [...there].some((pod) => !wanted.has(pod));
  const isWhole = [...wanted].every((pod) => there.has(pod));
  if (last?.outcome === 'running') {
    if (last.to !== wanted.size) return { kind: 'over', outcome: 'interrupted' };
    return isLeft || !isWhole
      ? { kind: 'again', reason: last.reason, replicas }
      : { kind: 'over', outcome: 'done' };
  }
  return isLeft
    ? { kind: 'again', reason: 'replicas are left that are not wanted any more', replicas }
    : { kind: 'follow' };
}

/** Why the number is somebody else's now. */
function whyWait(service: string, { spec, stopped, settled, removed = [], origins }: Desired) {
  if (stopped.includes(service)) return 'it was stopped by hand';
  if (!settled) return 'the last `heddle up` is not done';
  if (replicaPods(spec, service).some(({ name }) => removed.includes(name)))
    return 'replicas were removed by hand: the next `heddle up` brings them back';
  if (!origins?.[service])
    return 'it was made from a specification: `heddle up` with its file lets its replicas follow metrics';
  return undefined;
}
