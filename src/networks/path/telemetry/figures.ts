import { words } from '../../bpf/words.ts';
import { buckets } from './buckets.ts';

// What dataplane/delay.bpf.c counts at ports of a panel, by their indices. Pure.

export interface Tally {
  /** Of what the kernel had not cut yet, all that would become of it. */
  readonly packets: number;
  readonly bytes: number;
}

/** Through one port. */
export interface Crossed {
  readonly entered: Tally;
  readonly left: Tally;
}

/** Of frames that come out at a port. */
export interface Timing {
  /** How many were to be timed. */
  readonly begun: number;
  /** Nanoseconds of all that were. */
  readonly sum: number;
  /** How many of them are in each bucket (buckets.ts). */
  readonly counts: readonly number[];
  /** From where they came out of the function before to where they went in: how many, and nanoseconds of all. */
  readonly hops: number;
  readonly hopSum: number;
}

export interface Figures {
  readonly crossed: ReadonlyMap<number, Crossed>;
  readonly timings: ReadonlyMap<number, Timing>;
}

export const noFigures: Figures = { crossed: new Map(), timings: new Map() };

/** What bpftool prints of an entry of a map that is described, of one with a value for each processor. */
export interface EndEntry {
  readonly formatted: { readonly key: number; readonly values: readonly { readonly value: Crossed }[] };
}

export interface TimingEntry {
  readonly formatted: {
    readonly key: number;
    readonly value: Omit<Timing, 'hopSum'> & { readonly hop_sum: number };
  };
}

export function crossedOf(ends: readonly EndEntry[]): ReadonlyMap<number, Crossed> {
  return new Map(
    ends.map(({ formatted: { key, values } }) => [
      key,
      {
        entered: added(values.map(({ value }) => value.entered)),
        left: added(values.map(({ value }) => value.left)),
      },
    ]),
  );
}

export function timingsOf(entries: readonly TimingEntry[]): ReadonlyMap<number, Timing> {
  return new Map(
    entries.map(({ formatted: { key, value } }) => {
      const { begun, sum, counts, hops, hop_sum: hopSum } = value;
      return [key, { begun, sum, counts, hops, hopSum }];
    }),
  );
}

export function added(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, one) => ({ packets: all.packets + one.packets, bytes: all.bytes + one.bytes }),
    { packets: 0, bytes: 0 },
  );
}

export function timedTogether(timings: readonly Timing[]): Timing {
  const sumOf = (figure: (timing: Timing) => number) => timings.reduce((sum, one) => sum + figure(one), 0);
  return {
    begun: sumOf((one) => one.begun),
    sum: sumOf((one) => one.sum),
    counts: Array.from({ length: buckets }, (_, at) => sumOf((one) => one.counts[at] ?? 0)),
    hops: sumOf((one) => one.hops),
    hopSum: sumOf((one) => one.hopSum),
  };
}

/** What has passed since another look; of a port that was not there then, all. */
export function figuresSince(before: Figures, now: Figures): Figures {
  return {
    crossed: new Map(
      [...now.crossed].map(([port, { entered, left }]) => {
        const then = before.crossed.get(port);
        return [port, { entered: tallySince(then?.entered, entered), left: tallySince(then?.left, left) }];
      }),
    ),
    timings: new Map(
      [...now.timings].map(([port, timing]) => [port, timingSince(before.timings.get(port), timing)]),
    ),
  };
}

function tallySince(before: Tally | undefined, now: Tally): Tally {
  if (!before) return now;
  // Two looks at once may each see a part of what the other does.
  return {
    packets: Math.max(0, now.packets - before.packets),
    bytes: Math.max(0, now.bytes - before.bytes),
  };
}

function timingSince(before: Timing | undefined, now: Timing): Timing {
  if (!before) return now;
  return {
    begun: now.begun - before.begun,
    sum: now.sum - before.sum,
    counts: now.counts.map((count, at) => count - (before.counts[at] ?? 0)),
    hops: now.hops - before.hops,
    hopSum: now.hopSum - before.hopSum,
  };
}

/** Bytes of the values of the maps: `struct end`, `struct timing`, `struct airspace`. */
const sizes = { ends: 48, timings: 32 + 4 * buckets, airspaces: 8 + 16 * 16 } as const;

/** By the map's name, the key and the value of a port that nothing has passed yet. In words of bpftool. */
export function newEntries(port: number): readonly (readonly [map: string, key: string, value: string])[] {
  return Object.entries(sizes).map(([map, size]) => [
    map,
    words(port),
    words(...new Array(size / 4).fill(0)),
  ]);
}
