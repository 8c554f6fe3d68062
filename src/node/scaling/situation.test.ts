import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed } from '../../../test/support/observed.ts';
import type { Desired } from '../desired.ts';
import { situationOf } from './situation.ts';
import type { LoggedStep } from './step-log.ts';

const spec = (replicas: number) =>
  specOf('services: { web: { image: a, x-heddle: { scale: { max: 5, on: [{ cpu: 60% }] } } } }', {
    scale: { web: replicas },
  });
const origins = { web: { cwd: '/', env: {}, catalogue: [], found: {} } };
const desired = (replicas: number, rest: Partial<Desired> = {}): Desired => ({
  spec: spec(replicas),
  stopped: [],
  settled: true,
  origins,
  ...rest,
});
const there = (replicas: number) => deployed(spec(replicas)).containers;
const step = (from: number, to: number): LoggedStep => ({
  service: 'web',
  at: '2026-01-01T00:00:00Z',
  from,
  to,
  reason: 'cpu',
  outcome: 'running',
  error: null,
});
const now = (wanted: Desired, replicas: number, last?: LoggedStep) =>
  situationOf({ service: 'web' }, wanted, there(replicas), last);

test('a service that is as it is wanted follows its metrics', () => {
  expect(now(desired(2), 2)).toEqual({ kind: 'follow' });
  // One that ended is brought back by others.
  expect(now(desired(2), 1)).toEqual({ kind: 'follow' });
  expect(now(desired(2), 2, { ...step(1, 2), outcome: 'done' })).toEqual({ kind: 'follow' });
});

test.each([
  [desired(2, { stopped: ['web'] }), /stopped by hand/],
  [desired(2, { settled: false }), /`heddle up` is not done/],
  [desired(2, { removed: ['shop-web-2'] }), /removed by hand/],
  [desired(2, { origins: {} }), /made from a specification/],
])('nothing is decided where the number is somebody else’s', (wanted, reason) => {
  expect(now(wanted, 2)).toMatchObject({ kind: 'wait', reason: expect.stringMatching(reason) });
});

test('a step that a node died in is taken again, unless it was over, or not wanted yet', () => {
  expect(now(desired(1), 3, step(3, 1))).toEqual({ kind: 'again', reason: 'cpu', replicas: 3 });
  expect(now(desired(3), 1, step(1, 3))).toEqual({ kind: 'again', reason: 'cpu', replicas: 1 });
  expect(now(desired(3), 3, step(1, 3))).toEqual({ kind: 'over', outcome: 'done' });
  expect(now(desired(1), 1, step(1, 3))).toEqual({ kind: 'over', outcome: 'interrupted' });
});

test('replicas that a step has left go with the next', () => {
  expect(now(desired(1), 2, { ...step(2, 1), outcome: 'failed' })).toMatchObject({ kind: 'again' });
});
