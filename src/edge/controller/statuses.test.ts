import { expect, test } from 'vitest';
import { statusEvery } from '../delivery/messages.ts';
import { Statuses } from './statuses.ts';

const status = { epoch: 1, version: 2, stale: false, serial: 3 };

test('a gateway stands where it said last, until it says nothing for a while', () => {
  const statuses = new Statuses();
  expect(statuses.of('oulu', 0)).toBeUndefined();
  statuses.record('oulu', status, 0);
  statuses.record('oulu', { ...status, version: 3 }, 1000);
  expect(statuses.of('oulu', 1000 + 2 * statusEvery)).toEqual({ ...status, version: 3 });
  expect(statuses.of('oulu', 1000 + 4 * statusEvery)).toBeUndefined();
  statuses.record('oulu', status, 1000 + 4 * statusEvery);
  expect(statuses.of('oulu', 1000 + 4 * statusEvery)).toEqual(status);
});
