import { describe, expect, test } from 'vitest';
import { frames } from './exec.ts';

const frame = (stream: number, text: string) => {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

async function read(pieces: readonly Buffer[]): Promise<{ stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  const source = (async function* () {
    yield* pieces;
  })();
  for await (const { stream, data } of frames(source)) texts[stream] += data.toString();
  return texts;
}

describe('output without a terminal', () => {
  const bytes = Buffer.concat([frame(1, 'one'), frame(2, 'trouble'), frame(1, ''), frame(1, ' two')]);

  test('is taken apart into the two streams', async () => {
    expect(await read([bytes])).toEqual({ stdout: 'one two', stderr: 'trouble' });
  });

  test('may be cut anywhere', async () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(await read(pieces)).toEqual({ stdout: 'one two', stderr: 'trouble' });
    }
    const single = [...bytes].map((byte) => Buffer.from([byte]));
    expect(await read(single)).toEqual({ stdout: 'one two', stderr: 'trouble' });
  });
});
