import { describe, expect, test } from 'vitest';
import type { Sample } from '../../state/history.ts';
import { excessOf, excessText } from './budget.ts';

/** A sample every ten seconds: seconds of CPU in each stretch, and memory in MiB. */
function samples(cpu: readonly number[], memory: readonly number[] = []): Sample[] {
  let used = 0;
  return [0, ...cpu].map((seconds, index) => {
    used += seconds;
    return { time: index * 10_000, cpu: used, memory: (memory[index] ?? 10) * 2 ** 20, sent: 0, received: 0 };
  });
}

describe('a budget', () => {
  test('is exceeded by more CPU than it grants, on average over a minute', () => {
    const excess = excessOf(samples([1, 1, 1, 1, 1, 1]), { cpu: 0.02 }, 60_000);
    expect(excess && excessText(excess)).toBe('10 % of a core, over its budget of 2 %');
  });

  test('is not exceeded before the minute is over', () => {
    expect(excessOf(samples([1, 1, 1, 1, 1]), { cpu: 0.02 }, 50_000)).toBeUndefined();
  });

  test('is not exceeded by one busy moment in a quiet minute', () => {
    expect(excessOf(samples([1, 0, 0, 0, 0, 0]), { cpu: 0.02 }, 60_000)).toBeUndefined();
  });

  test('looks at the last minute only', () => {
    expect(excessOf(samples([9, 9, 0, 0, 0, 0, 0, 0]), { cpu: 0.02 }, 80_000)).toBeUndefined();
  });

  test('is exceeded by memory that stays above it, not by a peak', () => {
    const quiet = [0, 0, 0, 0, 0, 0];
    expect(
      excessOf(samples(quiet, [90, 90, 90, 90, 90, 90, 90]), { memory: 64 * 2 ** 20 }, 60_000),
    ).toMatchObject({
      resource: 'memory',
    });
    expect(
      excessOf(samples(quiet, [90, 90, 90, 10, 90, 90, 90]), { memory: 64 * 2 ** 20 }, 60_000),
    ).toBeUndefined();
  });

  test('counts on after a restart, which begins the counter anew', () => {
    const restarted = samples([1, 1, 1, 1, 1, 1]).map((sample) =>
      sample.time > 30_000 ? { ...sample, cpu: sample.cpu - 3 } : sample,
    );
    expect(excessOf(restarted, { cpu: 0.02 }, 60_000)).toMatchObject({ resource: 'cpu' });
  });

  test('says nothing of a container that went away', () => {
    expect(excessOf(samples([1, 1, 1, 1, 1, 1]), { cpu: 0.02 }, 120_000)).toBeUndefined();
  });
});
