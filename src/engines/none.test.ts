import { expect, test } from 'vitest';
import { none } from './none.ts';

test('a node without an engine has no applications, and says why it makes none', async () => {
  expect(await none.workloads.projects()).toEqual([]);
  expect(await none.workloads.networkNames()).toEqual(new Set());
  await expect(none.workloads.observe('shop')).rejects.toMatchObject({ code: 'ERR_ENGINE_ABSENT' });
  await expect(none.images.find('nginx')).rejects.toThrow('this node has no container engine');
});

test('nothing happens there until one stops listening', async () => {
  const stop = new AbortController();
  const next = none.workloads.events(stop.signal)[Symbol.asyncIterator]().next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
