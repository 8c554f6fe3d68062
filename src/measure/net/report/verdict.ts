import { median } from '../../../lib/statistics.ts';
import { mainFigure, mainValue, type Test, testText } from '../measurement.ts';
import type { Result } from '../results.ts';

/** Which network served best, over all tests alike. */
export interface Verdict {
  readonly best: string;
  /** Rounds in which all networks were measured by all tests. */
  readonly rounds: number;
  readonly others: readonly Beaten[];
}

export interface Beaten {
  readonly path: string;
  /** How many times as good the best was: the median of the rounds. */
  readonly times: number;
  /** Rounds in which the best was better. */
  readonly won: number;
  /** How likely the best is so much better by chance alone, where both are alike: 0 to 1. */
  readonly chance: number;
}

/** Rounds of which all ways to chance are counted; of more, the sign test alone. */
const mostExact = 16;

/**
 * The network that served best beside the host's own path, by the geometric mean over all tests of what it gave of what the host gave in the
 * same round (of a latency, the other way round). Nothing: fewer than two were measured whole in any round. Pure.
 */
export function verdictOf(results: readonly Result[], baseline: string): Verdict | undefined {
  const scores = scoresOf(results, baseline);
  const paths = [...scores.keys()].filter((path) => path !== baseline);
  const rounds = commonRounds(paths.map((path) => scores.get(path) ?? new Map()));
  if (paths.length < 2 || rounds.length === 0) return undefined;
  const of = (path: string) => rounds.map((round) => scores.get(path)?.get(round) ?? 0);
  const ranked = paths.toSorted((a, b) => median(of(b)) - median(of(a)));
  const [best = '', ...others] = ranked;
  return {
    best,
    rounds: rounds.length,
    others: others.map((path) => {
      const logs = of(best).map((log, at) => log - (of(path)[at] ?? 0));
      return {
        path,
        times: Math.exp(median(logs)),
        won: logs.filter((log) => log > 0).length,
        chance: chanceOf(logs),
      };
    }),
  };
}

/** By path and round: the mean of logarithms of what was given of the baseline, where every test was measured. */
export function scoresOf(results: readonly Result[], baseline: string): Map<string, Map<number, number>> {
  const tests = new Set(results.map(({ test }) => testText(test)));
  const byRound = Map.groupBy(results, ({ round }) => round);
  const scores = new Map<string, Map<number, number>>();
  for (const [round, own] of byRound) {
    const byPath = Map.groupBy(own, ({ path }) => path);
    const base = valuesOf(byPath.get(baseline) ?? []);
    for (const [path, some] of byPath) {
      const logs = [...valuesOf(some)].flatMap(([test, { value, sign }]) => {
        const there = base.get(test)?.value;
        return there === undefined ? [] : [sign * Math.log(value / there)];
      });
      if (logs.length < tests.size) continue;
      const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
      scores.set(path, (scores.get(path) ?? new Map<number, number>()).set(round, mean));
    }
  }
  return scores;
}

interface Value {
  readonly value: number;
  /** 1 where more is better, or -1. */
  readonly sign: 1 | -1;
}

function valuesOf(results: readonly Result[]): Map<string, Value> {
  return new Map(
    results.flatMap(({ test, figures }) => {
      const value = mainValue(test, figures);
      return value === undefined || value <= 0
        ? []
        : [[testText(test), { value, sign: signOf(test) }] as const];
    }),
  );
}

function signOf({ kind }: Test): 1 | -1 {
  return mainFigure[kind].isLessBetter ? -1 : 1;
}

function commonRounds(all: readonly ReadonlyMap<number, number>[]): number[] {
  const [first, ...others] = all;
  return [...(first?.keys() ?? [])].filter((round) => others.every((one) => one.has(round)));
}

/**
 * The share of all ways to turn the signs of pairs by which their sum is at least as large (Fisher's randomization test, one-sided);
 * of many pairs, of ways to have as many that are positive (sign test).
 */
export function chanceOf(logs: readonly number[]): number {
  if (logs.length > mostExact) return signTest(logs);
  const sum = logs.reduce((all, log) => all + log, 0);
  const ways = 2 ** logs.length;
  let asLarge = 0;
  for (let way = 0; way < ways; way++) {
    const turned = logs.reduce((all, log, at) => all + ((way >> at) & 1 ? -log : log), 0);
    if (turned >= sum - 1e-12) asLarge++;
  }
  return asLarge / ways;
}

function signTest(logs: readonly number[]): number {
  const won = logs.filter((log) => log > 0).length;
  let share = 0;
  let ways = 1;
  for (let count = 0; count <= logs.length; count++) {
    if (count >= won) share += ways / 2 ** logs.length;
    ways = (ways * (logs.length - count)) / (count + 1);
  }
  return Math.min(1, share);
}
