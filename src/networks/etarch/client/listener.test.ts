import { expect, test } from 'vitest';
import { Listener } from './listener.ts';

test('one that throws is seen to, and hears what is said next', async () => {
  const heard: string[] = [];
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const seen = new Promise((resolve) => process.once('uncaughtException', resolve));
  const listener = new Listener(
    ({ data }) => {
      heard.push(`${data}`);
      if (heard.length === 1) throw new Error('no ear for this');
    },
    async () => true,
  );
  for (const text of ['one', 'two']) listener.take({ from: 'alice', data: Buffer.from(text) }, 'mac');
  expect(await seen).toMatchObject({ message: 'no ear for this' });
  await new Promise(setImmediate);
  for (const one of before) process.on('uncaughtException', one);
  expect(heard).toEqual(['one', 'two']);
});
