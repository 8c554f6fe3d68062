import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody, readRefusal } from './body.ts';

/** Never ends. */
function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(1 << 20, 'x');
}

test('an answer is read as it is, wherever its chunks end', async () => {
  const bytes = Buffer.from('smørrebrød');
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  expect(await readBody(Readable.from(chunks, { objectMode: false }))).toBe('smørrebrød');
});

test('one without end is none', async () => {
  await expect(readBody(Readable.from(endless()))).rejects.toThrow('an answer is larger than 256 MiB');
});

test('of a refusal without end the beginning is read', async () => {
  expect(await readRefusal(Readable.from(endless()))).toHaveLength(64 << 10);
});
