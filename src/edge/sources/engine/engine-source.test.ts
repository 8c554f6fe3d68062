import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listed, SpeakingNode } from '../../../../test/support/listed-services.ts';
import type { SourceChange } from '../source.ts';
import { EngineSource } from './engine-source.ts';

const b1 = { name: 'b1', site: 'berlin', addresses: ['10.2.0.11', 'fd00::11'] };
const web = 'service web of shop';
const trouble = vi.fn();
let node: SpeakingNode;
let source: EngineSource;
let changes: SourceChange[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  trouble.mockReset();
  node = new SpeakingNode();
  node.services = [listed('web', { 'shop-web-1': '10.89.0.2', 'shop-web-2': null })];
  source = new EngineSource('b1', (signal) => node.listen(signal));
  source.declare({ nodes: { b1 } });
  changes = [];
  source.start({ change: (change) => changes.push(change), trouble });
  await changesCame(1);
});
afterEach(async () => {
  vi.useRealTimers();
  await source.close();
});

const changesCame = (count: number) => vi.waitFor(() => expect(changes).toHaveLength(count), { interval: 2 });
const addresses = (at: number) =>
  changes[at]?.get(web)?.service?.copies.map(({ node: on, address }) => `${on} ${address}`);

test('copies run on the node of the edge file, at their own addresses or at its', () =>
  expect(addresses(0)).toEqual(['b1 10.89.0.2', 'b1 10.2.0.11']));

test('a node that is gone takes nothing with it, and is heard again when it is back', async () => {
  node.hangUp();
  await vi.waitFor(() => expect(trouble).toHaveBeenCalledWith('the node ended'), { interval: 2 });
  await vi.waitFor(() => expect(trouble).toHaveBeenLastCalledWith(undefined), { interval: 2 });
  expect(trouble).toHaveBeenCalledTimes(2);
  expect(changes).toHaveLength(1);
});

test('another reason not to hear it is told as well', async () => {
  const reasons = ['nobody listens there', 'it is no node'];
  const silent = new EngineSource('b1', () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error(reasons.shift() ?? 'it is no node')),
    }),
  }));
  silent.start({ change: () => {}, trouble });
  await vi.waitFor(() => expect(trouble).toHaveBeenCalledTimes(2), 3000);
  expect(trouble.mock.calls).toEqual([['nobody listens there'], ['it is no node']]);
  await silent.close();
});

test('what happened while it was away is told when it is back', async () => {
  node.services = [];
  node.hangUp();
  await changesCame(2);
  expect([...(changes[1] ?? [])]).toEqual([[web, undefined]]);
});

test('one that says nothing for long is taken to be gone', async () => {
  await vi.advanceTimersByTimeAsync(16_000);
  await vi.waitFor(() => expect(trouble).toHaveBeenCalledWith('the node said nothing for 16 s'), {
    interval: 2,
  });
  expect(changes).toHaveLength(1);
});

test('what is no list of services changes nothing, and is said', async () => {
  node.say({ services: [{ ...listed('web'), name: 'No Label' }] });
  const message =
    'the node says what is not understood: services.0.name: expected a DNS label: small letters, digits and hyphens, at most 63';
  await vi.waitFor(() => expect(trouble).toHaveBeenCalledWith(message), { interval: 2 });
  expect(changes).toHaveLength(1);
});

test('what a later node says besides is no mistake', async () => {
  node.say({ services: [{ ...listed('web'), colour: 'red' }], more: true });
  await changesCame(2);
  expect(trouble).not.toHaveBeenCalled();
});

test('the edge file may give the node another address, or take it away', async () => {
  source.declare({ nodes: { b1: { ...b1, addresses: ['10.2.0.12'] } } });
  expect(addresses(1)).toEqual(['b1 10.89.0.2', 'b1 10.2.0.12']);
  source.declare({ nodes: {} });
  expect(changes[2]?.get(web)).toEqual({ problem: 'runs on b1, and the edge file has no such node' });
});
