import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { boundedText } from './bounded-text.ts';

const parts = (count: number) =>
  Readable.from(Array.from({ length: count }, () => Buffer.from('é'.repeat(512))));

test('an answer is read up to its limit, and no further', async () => {
  expect(await boundedText(parts(4), 4096)).toBe('é'.repeat(2048));
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1024);
    })(),
  );
  await expect(boundedText(endless, 4096)).rejects.toThrow('its answer has more than 4 KiB');
  expect(endless.destroyed).toBe(true);
});
