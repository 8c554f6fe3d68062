import { parseDuration } from '../../../lib/time.ts';
import type { ClockErrorBound, DelayFigures, Verdict } from '../contract.ts';

const delayFigures = { p50: 'median', p90: 'p90', p99: 'p99' } as const;

/** What was asked for, beside what was observed: one verdict a figure. `objective` was checked by the template. */
export function verdicts(
  objective: Readonly<Record<string, string>>,
  observed: { sendDelay: DelayFigures | null; loss: number | null; clock: ClockErrorBound | null },
): Verdict[] {
  return Object.entries(objective).map(([figure, text]): Verdict => {
    if (figure === 'loss') {
      const limit = Number.parseFloat(text);
      const { loss } = observed;
      return { figure, limit, observed: loss, met: loss === null ? null : loss <= limit };
    }
    const name = figure as keyof typeof delayFigures;
    const limit = parseDuration(text) ?? Number.NaN;
    const delay = observed.sendDelay?.[delayFigures[name]] ?? null;
    return { figure: name, limit, observed: delay, met: judge(delay, limit, observed.clock) };
  });
}

/** A delay that is closer to its limit than the clocks allow to say is judged neither way. */
function judge(delay: number | null, limit: number, clock: ClockErrorBound | null): boolean | null {
  const error = clock?.milliseconds;
  if (delay === null || error === null || error === undefined) return null;
  if (delay + error <= limit) return true;
  return delay - error > limit ? false : null;
}
