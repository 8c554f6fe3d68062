import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a condition; one that throws does not hold yet. Fails with its name, and what it threw last, when it does not
 * come. Returns how long it took. Times in milliseconds; `pause`: between two looks.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeout = 180_000,
  pause = 50,
): Promise<number> {
  const began = performance.now();
  let cause: unknown;
  while (performance.now() - began < timeout) {
    try {
      if (await condition()) return performance.now() - began;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(pause);
  }
  throw new Error(`not within ${timeout} ms: ${what}`, { cause });
}
