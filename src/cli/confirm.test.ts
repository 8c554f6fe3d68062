import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { isConfirmed } from './confirm.ts';

function asked(typed: string): Promise<boolean> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(typed);
  return isConfirmed('All goes', '--yes', { input, output });
}

test.each([
  ['y\n', true],
  ['YES\n', true],
  ['n\n', false],
  ['\n', false],
  ['yes, but\n', false],
])('%j is an answer', async (typed, is) => {
  expect(await asked(typed)).toBe(is);
});

test('no answer is an error', async () => {
  await expect(asked('')).rejects.toMatchObject({
    code: 'ERR_UNCONFIRMED',
    hint: expect.stringContaining('--yes'),
  });
});
