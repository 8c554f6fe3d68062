import type { Place } from './frame.ts';
import type { Stop } from './stops.ts';

// What follows from where a probe was seen. Pure.

export interface Sighting {
  /** Index of the interface. */
  readonly port: number;
  /** Whether it would have left by this one. */
  readonly isEnd: boolean;
  /** Nanoseconds. */
  readonly at: bigint;
  /** What it says of its flow there, of an end. */
  readonly flow?: SeenFlow;
}

/** Functions may have changed it. */
export interface SeenFlow {
  readonly source: Place;
  readonly destination: Place;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A function that a probe passes. */
export interface Hop {
  readonly function: string;
  /** Whether it was seen within the function, and coming out of it. */
  readonly entered: boolean;
  readonly left: boolean;
  /** Microseconds since it was sent, when it came in; nothing: it did not. */
  readonly after: number | null;
  /** Microseconds that the function had it. */
  readonly took: number | null;
}

export interface Verdict {
  readonly hops: readonly Hop[];
  /** Microseconds from one end to the other. */
  readonly took: number | null;
  /** What is wrong, in words; nothing: it was seen at every stop, once and in their order, and nowhere else. */
  readonly failure?: string;
}

/** `named`: what an interface is called by its index, for those that are on no way of the probe. */
export function verdictOf(
  stops: readonly Stop[],
  sightings: readonly Sighting[],
  named: (port: number) => string,
): Verdict {
  const seen = stops.map((stop) => sightings.filter((sighting) => isAt(stop, sighting)));
  const times = seen.map(([first]) => first?.at);
  const [began] = times;
  const since = (from: bigint | undefined, to: bigint | undefined) =>
    from === undefined || to === undefined ? null : Number(to - from) / 1000;
  const hops = stops.flatMap(({ kind, function: fn = '' }, at): Hop[] => {
    if (kind !== 'entered') return [];
    const [entered, left] = [times[at], times[at + 1]];
    return [
      {
        function: fn,
        entered: entered !== undefined,
        left: left !== undefined,
        after: since(began, entered),
        took: since(entered, left),
      },
    ];
  });
  const failure = failureOf(stops, seen, sightings, named);
  return { hops, took: since(began, times.at(-1)), ...(failure !== undefined && { failure }) };
}

/** Whether a probe has been seen at all stops, as far as that is known by now. */
export function isWhole(stops: readonly Stop[], sightings: readonly Sighting[]): boolean {
  return stops.every((stop) => sightings.some((sighting) => isAt(stop, sighting)));
}

function isAt({ kind, port }: Stop, sighting: Sighting): boolean {
  return sighting.port === port && sighting.isEnd === (kind === 'arrived');
}

function failureOf(
  stops: readonly Stop[],
  seen: readonly (readonly Sighting[])[],
  sightings: readonly Sighting[],
  named: (port: number) => string,
): string | undefined {
  const missing = stops.findIndex((_, at) => seen[at]?.length === 0);
  const astray = sightings.find((sighting) => !stops.some((stop) => isAt(stop, sighting)));
  const after = stops[missing - 1];
  if (missing >= 0 && astray && after?.kind === 'entered')
    return `${after.function} did not hand it on: it came out at ${named(astray.port)}`;
  if (missing >= 0) return lostAt(stops, missing);
  if (astray) return `it was seen at ${named(astray.port)} as well, which is not on its way`;
  const often = stops[seen.findIndex((times) => times.length > 1)];
  if (often) return `it was seen more than once ${where(often)}`;
  const late = stops.findIndex((_, at) => at > 0 && timeOf(seen, at) < timeOf(seen, at - 1));
  return late < 0 ? undefined : `it was seen ${where(stops[late]!)} before it was ${where(stops[late - 1]!)}`;
}

function timeOf(seen: readonly (readonly Sighting[])[], at: number): bigint {
  return seen[at]?.[0]?.at ?? 0n;
}

function lostAt(stops: readonly Stop[], missing: number): string {
  const { kind, function: fn } = stops[missing]!;
  const before = stops[missing - 1];
  switch (kind) {
    case 'sent':
      return 'it did not come to the patch panel';
    case 'entered':
      return `it did not get into ${fn}`;
    case 'left':
      return `${fn} did not let it through`;
    case 'arrived':
      return `it was lost behind ${before?.function ?? 'the patch panel'}`;
  }
}

function where({ kind, function: fn }: Stop): string {
  if (fn === undefined) return kind === 'sent' ? 'where it was sent' : 'at the end of its way';
  return kind === 'entered' ? `in ${fn}` : `behind ${fn}`;
}
