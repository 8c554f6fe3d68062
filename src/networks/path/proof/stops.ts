import type { Link } from '../../ip.ts';
import type { WayEnds } from '../patch/hops.ts';
import type { KnownPassage } from '../patch/passage.ts';

// Where a probe has to be seen on its way. Pure.

/** From the network to the pod, or from the pod to the network. */
export type Direction = 'in' | 'out';

export interface Stop {
  /** Index of the interface that it comes in at; of an end, that it would leave by. */
  readonly port: number;
  readonly kind: 'sent' | 'entered' | 'left' | 'arrived';
  /** The function that it enters, or leaves. */
  readonly function?: string;
}

/**
 * All stops of a route, one after the other.
 * @param passages from the network to the pod
 */
export function stopsOf(
  direction: Direction,
  ends: WayEnds,
  passages: readonly KnownPassage[],
  patch: readonly Link[],
): Stop[] {
  const inwards = direction === 'in';
  const within = (port: number) => patch.find(({ ifindex }) => ifindex === port)?.link_index ?? 0;
  const through = (inwards ? passages : passages.toReversed()).flatMap(
    ({ function: fn, outer, inner }): Stop[] => [
      { kind: 'entered', function: fn, port: within(inwards ? outer : inner) },
      { kind: 'left', function: fn, port: inwards ? inner : outer },
    ],
  );
  return [
    { kind: 'sent', port: inwards ? ends.switch : ends.pod },
    ...through,
    { kind: 'arrived', port: inwards ? ends.pod : ends.switch },
  ];
}
