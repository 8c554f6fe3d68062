import type { DelayFigures } from '../contract.ts';

/** Nanoseconds in a millisecond. */
const MS = 1e6;

/**
 * The figures of delays in nanoseconds, one list a run, in the order of sending; undefined stands for a lost packet.
 * Nothing when no packet came back.
 */
export function figuresOf(runs: readonly (readonly (number | undefined)[])[]): DelayFigures | null {
  const delays = runs.flat().filter((delay) => delay !== undefined);
  if (delays.length === 0) return null;
  delays.sort((a, b) => a - b);
  const differences = runs.flatMap(variations);
  return {
    min: round(delays[0]),
    mean: round(mean(delays)),
    median: round(median(delays)),
    p90: round(percentile(delays, 90)),
    p99: round(percentile(delays, 99)),
    max: round(delays.at(-1)),
    jitter: differences.length === 0 ? null : round(mean(differences)),
  };
}

/**
 * The smallest value that at least `percent` of the values do not exceed (RFC 2330, 11.3). Lost packets are not among
 * them: loss is a figure of its own. `sorted` rises and is not empty.
 */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
}

/** The middle value, or the mean of the two middle ones (RFC 2330, 11.3). */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How much each delay differs from the one before it: delay variation of consecutive packets (RFC 3393). */
function variations(delays: readonly (number | undefined)[]): number[] {
  return delays.flatMap((delay, i) => {
    const before = delays[i - 1];
    return delay === undefined || before === undefined ? [] : [Math.abs(delay - before)];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Milliseconds, to the nanosecond the clock gives. */
function round(nanoseconds: number | undefined): number {
  return Math.round(nanoseconds ?? Number.NaN) / MS;
}
