import type { Summary } from '../../src/lib/statistics.ts';

/**
 * Measures several arms in alternating order: what the machine does beside, and whatever drifts, weighs on all of them
 * alike. The order is turned round from one round to the next.
 */
export async function alternate<Arm extends string, Result>(
  arms: readonly Arm[],
  rounds: number,
  measure: (arm: Arm, round: number) => Promise<Result>,
): Promise<Record<Arm, Result[]>> {
  const results = Object.fromEntries(arms.map((arm) => [arm, []])) as unknown as Record<Arm, Result[]>;
  for (let round = 0; round < rounds; round++) {
    for (const arm of round % 2 === 0 ? arms : arms.toReversed()) {
      results[arm].push(await measure(arm, round));
    }
  }
  return results;
}

/** A line that says what is measured now and what came of it. */
export function say(text: string): void {
  console.log(text);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

/** Mean, interval and median, as a person reads them. */
export function inWords(summary: Summary, unit: (value: number) => string): string {
  const { interval, mean } = summary;
  const spread = interval ? ` (95 %: ${unit(interval[0])} to ${unit(interval[1])})` : '';
  return `${unit(mean)}${spread}, median ${unit(summary.median)}`;
}
