import type { Figure } from './recent.ts';

/**
 * A place in a network: a plane for the long ways and a height for the way from the place to them, so that the round trip
 * between two places is the distance in the plane plus both heights. All in milliseconds; `error` is relative.
 *
 * Dabek, Cox, Kaashoek, Morris: Vivaldi, a decentralized network coordinate system. SIGCOMM 2004.
 */
export interface Coordinate {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** From nearly 0, sure of itself, to 1, knows nothing. */
  readonly error: number;
}

export const origin: Coordinate = { x: 0, y: 0, height: 0.1, error: 1 };

/** How far one sample moves a place, and its error (c_c and c_e of the paper). */
const step = 0.25;
/** Nobody is so sure that others' samples count for nothing. */
const leastError = 0.02;
const leastHeight = 0.01;
/** Nothing on earth is farther, satellites included. */
const farthest = 10_000;
/** At this distance from the middle the pull back to it is as strong as one millisecond a sample (ρ of Ledlie 2007). */
const gravity = 256;
const leastRoundTrip = 0.01;

/** The round trip between two places, and how far off it may be, both in milliseconds. */
export function predict(a: Coordinate, b: Coordinate): Figure {
  const milliseconds = Math.hypot(a.x - b.x, a.y - b.y) + a.height + b.height;
  return { milliseconds, error: milliseconds * Math.hypot(a.error, b.error) };
}

/** A place that somebody else claims, brought into the bounds; nothing when it is none. */
export function sane(claimed: Coordinate): Coordinate | undefined {
  const { x, y, height, error } = claimed;
  if (![x, y, height, error].every(Number.isFinite)) return undefined;
  return {
    x: within(x, -farthest, farthest),
    y: within(y, -farthest, farthest),
    height: within(height, leastHeight, farthest),
    error: within(error, leastError, 1),
  };
}

/**
 * Moves a place by what was measured to another one. That is to be the least of many round trips, since single ones say
 * more of queues than of ways (Ledlie, Pietzuch, Seltzer: Stable and accurate network coordinates. ICDCS 2006), and
 * moves nothing while what is predicted is as good; a pull to the middle keeps all places together from drifting
 * (Ledlie, Gardner, Seltzer: Network coordinates in the wild. NSDI 2007).
 * @param turn 0 to 1, at random: the way that two places part that are at the same point
 */
export function move(own: Coordinate, claimed: Coordinate, figure: Figure, turn: number): Coordinate {
  const other = sane(claimed);
  if (!other || !(figure.milliseconds >= 0 && figure.milliseconds <= farthest && figure.error >= 0))
    return own;
  const measured = Math.max(leastRoundTrip, figure.milliseconds);
  const { milliseconds: predicted } = predict(own, other);
  const trust = own.error / (own.error + other.error);
  const off = Math.min(1, Math.abs(predicted - measured) / measured);
  const error = off * step * trust + own.error * (1 - step * trust);
  if (Math.abs(measured - predicted) < figure.error) return { ...own, error: within(error, leastError, 1) };
  const force = step * trust * (measured - predicted);
  const apart = Math.hypot(own.x - other.x, own.y - other.y);
  const [dx, dy] =
    apart > 1e-6
      ? [(own.x - other.x) / apart, (own.y - other.y) / apart]
      : [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
  // The plane takes the share of the way that lies in it, the height the rest.
  const share = apart > 1e-6 ? apart / predicted : 1;
  return (
    sane(
      pulled({
        x: own.x + force * share * dx,
        y: own.y + force * share * dy,
        height: own.height + (force * (own.height + other.height)) / predicted,
        error,
      }),
    ) ?? own
  );
}

function pulled(place: Coordinate): Coordinate {
  const distance = Math.hypot(place.x, place.y);
  if (distance < 1e-6) return place;
  const pull = Math.min(distance, (distance / gravity) ** 2) / distance;
  return { ...place, x: place.x * (1 - pull), y: place.y * (1 - pull) };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
