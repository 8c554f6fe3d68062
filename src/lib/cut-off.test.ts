import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { cutOff } from './cut-off.ts';

test('what ends before its end is cut off, and nothing else', async () => {
  const whole = Readable.from(['a', 'b']);
  const wholeCut = cutOff(whole);
  expect([await text(whole), wholeCut.aborted]).toEqual(['ab', false]);
  for (const error of [undefined, new Error('no more')]) {
    const part = new Readable({ read() {} });
    const cut = cutOff(part);
    part.push('a');
    part.destroy(error);
    await expect.poll(() => cut.aborted).toBe(true);
  }
});
