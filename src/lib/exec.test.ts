import { expect, test } from 'vitest';
import { run } from './exec.ts';

test('a program gets its input, and what it prints is returned', async () => {
  expect(await run('cat', [], { input: 'hello' })).toBe('hello');
});

test('a program that ends without reading its input harms nobody', async () => {
  const input = 'x'.repeat(1_000_000);
  expect(await run('true', [], { input })).toBe('');
  await expect(run('false', [], { input, code: 'ERR_NETWORK' })).rejects.toMatchObject({
    code: 'ERR_NETWORK',
  });
});
