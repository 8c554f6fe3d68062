import { median, ratios } from '../../lib/statistics.ts';
import { type Test, testText } from './measurement.ts';
import type { Result } from './results.ts';

/** How a path did in a test, over all rounds. */
export interface Compared {
  readonly test: string;
  readonly path: string;
  /** Rounds in which it was measured. */
  readonly rounds: number;
  /** Of its main figure: bits a second, or microseconds there and back. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** The median of its rounds over those of the baseline; nothing for that itself. */
  readonly ofBaseline: number | null;
  /** Seconds of the processor for a gigabit, of both ends and all between; nothing where that says nothing. */
  readonly cpuSecondsPerGigabit: number | null;
  /** Rounds before which the host was busy with something else: their figures are not to be trusted. */
  readonly disturbed: number;
  /** Why it was not measured in some. */
  readonly failures: readonly string[];
}

/** Cores that something else may keep busy before a figure is not to be trusted. */
const mostBeside = 0.25;

/** The figure that says most of a test. */
const main = { throughput: 'bitsPerSecond', latency: 'p50' } as const;

/** What the results say, by test and path. `baseline`: the path that others are compared with. Pure. */
export function compared(results: readonly Result[], baseline: string): Compared[] {
  const byTest = Map.groupBy(results, ({ test }) => testText(test));
  return [...byTest].flatMap(([test, own]) => {
    const byPath = Map.groupBy(own, ({ path }) => path);
    const base = byRound(byPath.get(baseline) ?? []);
    return [...byPath].map(([path, some]): Compared => {
      const values = byRound(some);
      const both = [...values.keys()].filter((round) => base.has(round));
      const shares = ratios(
        both.map((round) => values.get(round) ?? Number.NaN),
        both.map((round) => base.get(round) ?? Number.NaN),
      );
      const all = [...values.values()];
      return {
        test,
        path,
        rounds: all.length,
        median: median(all),
        least: Math.min(...all),
        most: Math.max(...all),
        ofBaseline: path === baseline || shares.length === 0 ? null : median(shares),
        cpuSecondsPerGigabit: medianOf(some, 'cpuSecondsPerGigabit'),
        disturbed: some.filter(({ beside }) => beside > mostBeside).length,
        failures: [...new Set(some.flatMap(({ failure }) => failure ?? []))],
      };
    });
  });
}

function medianOf(results: readonly Result[], figure: string): number | null {
  const values = results.flatMap(({ figures }) => figures?.[figure] ?? []);
  return values.length === 0 ? null : median(values);
}

function byRound(results: readonly Result[]): Map<number, number> {
  return new Map(
    results.flatMap(({ round, test, figures }) => {
      const value = figures?.[main[kindOf(test)]];
      return value === undefined ? [] : [[round, value] as const];
    }),
  );
}

function kindOf({ kind }: Test): keyof typeof main {
  return kind;
}
