import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a condition, and says what did not come about. One that throws does not hold yet. Times in milliseconds.
 * @returns how long it took
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patience = 30_000,
): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < patience) {
    if (
      await Promise.resolve()
        .then(condition)
        .catch(() => false)
    )
      return performance.now() - began;
    await sleep(20);
  }
  throw new Error(`not within ${patience / 1000} s: ${what}`);
}
