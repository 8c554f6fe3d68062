import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeddleError } from './errors.ts';
import { RetryLoop } from './retry-loop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what becomes due while it is being done is done once more, however often', async () => {
  let count = 0;
  const retryLoop = new RetryLoop(
    async () => {
      count++;
      if (count === 1) for (let more = 0; more < 10; more++) retryLoop.due();
      return undefined;
    },
    () => expect.unreachable(),
  );
  retryLoop.due();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(count).toBe(2);
  await retryLoop.stop();
});

test('what fails is tried again, ever more seldom, and said each time', async () => {
  const at: number[] = [];
  const said: string[] = [];
  const began = Date.now();
  const retryLoop = new RetryLoop(
    async () => {
      at.push(Date.now() - began);
      if (at.length < 9) throw new HeddleError('ERR_EDGE_PROXY', 'no');
      return undefined;
    },
    ({ code }) => said.push(code),
  );
  retryLoop.due();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(at).toEqual([0, 100, 300, 700, 1500, 3100, 6300, 11_300, 16_300]);
  expect(said).toHaveLength(8);
  await retryLoop.stop();
});

test('it is done again when that is asked for, and not after the end', async () => {
  let count = 0;
  const retryLoop = new RetryLoop(
    async () => {
      count++;
      return 1000;
    },
    () => expect.unreachable(),
  );
  retryLoop.due();
  await vi.advanceTimersByTimeAsync(3500);
  expect(count).toBe(4);
  await retryLoop.stop();
  retryLoop.due();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(count).toBe(4);
});
