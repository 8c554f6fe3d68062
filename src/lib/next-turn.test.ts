import { expect, test } from 'vitest';
import { NextTurn } from './next-turn.ts';

test('all who wait are answered by one turn, which begins when the one before has ended', async () => {
  const turns: (() => void)[] = [];
  const next = new NextTurn();
  const take = () => next.take(() => new Promise<void>((resolve) => turns.push(resolve)));
  const first = take();
  await Promise.resolve();
  const [second, third] = [take(), take()];
  expect(turns).toHaveLength(1);
  turns[0]?.();
  await first;
  await Promise.resolve();
  expect(turns).toHaveLength(2);
  turns[1]?.();
  await Promise.all([second, third]);
  expect(turns).toHaveLength(2);
});

test('one that fails fails for those whose turn it is', async () => {
  const next = new NextTurn();
  const failed = next.take(() => Promise.reject(new Error('no')));
  await expect(failed).rejects.toThrow('no');
  await next.take(async () => {});
});
