import { median, ratios } from '../../lib/statistics.ts';
import type { LinkUse } from './links.ts';
import { type Figures, type MainFigure, mainFigure, mainValue, testText } from './measurement.ts';
import type { Result } from './results.ts';

/** How a path did in a test, over all rounds. */
export interface Compared {
  readonly test: string;
  readonly path: string;
  /** How often it had its turn, and rounds in which it was measured. */
  readonly turns: number;
  readonly rounds: number;
  /** Its main one: bits or connections a second, microseconds there and back, or seconds that it took. */
  readonly figure: MainFigure;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** The median of its rounds over those of the baseline; nothing for that itself. */
  readonly ofBaseline: number | null;
  /** The medians of all that was measured: `cpuSecondsPerGigabit` of both ends and all between. */
  readonly figures: Figures;
  /** Interfaces of this host that it passed, the busiest first: the medians of the rounds that each carried something in. */
  readonly links: readonly LinkUse[];
  /** Rounds before which the host was busy with something else: their figures are not to be trusted. */
  readonly disturbed: number;
  /** Why it was not measured in some. */
  readonly failures: readonly string[];
}

/** Cores that something else may keep busy before a figure is not to be trusted. */
const mostBeside = 0.25;

/** What the results say, by test and path. `baseline`: the path that others are compared with. Pure. */
export function compared(results: readonly Result[], baseline: string): Compared[] {
  const byTest = Map.groupBy(results, ({ test }) => testText(test));
  return [...byTest].flatMap(([test, own]) => {
    const [first] = own;
    if (!first) return [];
    const figure = mainFigure[first.test.kind].name;
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
        turns: some.length,
        rounds: all.length,
        figure,
        median: median(all),
        least: Math.min(...all),
        most: Math.max(...all),
        ofBaseline: path === baseline || shares.length === 0 ? null : median(shares),
        figures: mediansOf(some),
        links: linksOf(some),
        disturbed: some.filter(({ beside }) => beside > mostBeside).length,
        failures: [...new Set(some.flatMap(({ failure }) => failure ?? []))],
      };
    });
  });
}

function linksOf(results: readonly Result[]): LinkUse[] {
  const byName = Map.groupBy(
    results.flatMap(({ links = [] }) => links),
    (link) => link.interface,
  );
  const all = [...byName].map(([name, some]): LinkUse => {
    const shares = some.flatMap(({ share }) => share ?? []);
    return {
      interface: name,
      bitsPerSecond: median(some.map(({ bitsPerSecond }) => bitsPerSecond)),
      ...(shares.length > 0 && { share: median(shares) }),
    };
  });
  return all.sort((one, other) => other.bitsPerSecond - one.bitsPerSecond);
}

function mediansOf(results: readonly Result[]): Figures {
  const names = new Set(results.flatMap(({ figures = {} }) => Object.keys(figures)));
  return Object.fromEntries(
    [...names].map((name) => [name, median(results.flatMap(({ figures }) => figures?.[name] ?? []))]),
  );
}

function byRound(results: readonly Result[]): Map<number, number> {
  return new Map(
    results.flatMap(({ round, test, figures }) => {
      const value = mainValue(test, figures);
      return value === undefined ? [] : [[round, value] as const];
    }),
  );
}
