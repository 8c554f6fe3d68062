import { expect, test } from 'vitest';
import { NextTurn } from './next-turn.ts';

test('all who wait are answered by one turn, which begins when the one before has ended', async () => {
  const turns: (() => void)[] = [];
  const next = new NextTurn(() => new Promise((resolve) => turns.push(resolve)));
  const first = next.take();
  await Promise.resolve();
  const [second, third] = [next.take(), next.take()];
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
  let count = 0;
  const next = new NextTurn(async () => {
    if (count++ === 0) throw new Error('no');
  });
  await expect(next.take()).rejects.toThrow('no');
  await next.take();
});
