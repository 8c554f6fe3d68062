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
    const looked = performance.now();
    try {
      if (await condition()) return performance.now() - began;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    // What takes long to look at is not looked at all the time: what is waited for needs the processor, too.
    await sleep(Math.max(pause, performance.now() - looked));
  }
  throw new Error(`not within ${timeout} ms: ${what}`, { cause });
}
