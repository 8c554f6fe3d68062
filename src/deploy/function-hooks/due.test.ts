import { expect, test } from 'vitest';
import type { HookName } from '../../descriptor/function-hooks.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { runOf } from '../observed.ts';
import { isToStart, lastFailure, whyConfigure, whyHeal, whyNotReady } from './due.ts';
import type { HookedPod } from './inputs.ts';
import { type HookNotes, notesOfRun, withCall } from './notes.ts';

const how = { command: ['manager'], timeout: 1000 };
const pod = (...names: readonly HookName[]) =>
  ({
    name: 'fw-1',
    containers: [{ name: 'fw-1' }],
    forwards: {
      mode: 'wire',
      probe: [],
      service: 'fw',
      hooks: Object.fromEntries(names.map((one) => [one, how])),
    },
  }) as unknown as HookedPod;
const program = { id: 'fw-1', name: 'fw-1', state: 'running', startedAt: 5 } as ObservedContainer;
const run = runOf(program);
const call = { digest: 'd', at: '2026-01-01T00:00:00Z', took: 1 };
const after = (notes: HookNotes, hook: HookName, failure?: string) =>
  withCall(notes, hook, call, failure === undefined ? { outputs: {} } : { failure });
const fresh = notesOfRun(undefined, run);

test('a function is configured once with the same inputs, and again with others', () => {
  const fw = pod('configure');
  expect(whyConfigure(fw, undefined, program, 'd')).toBe('its program has not been configured yet');
  expect(whyNotReady(fw, undefined, program)).toBe('it is not configured yet');
  const notes = after(fresh, 'configure');
  expect(whyConfigure(fw, notes, program, 'd')).toBeUndefined();
  expect(whyNotReady(fw, notes, program)).toBeUndefined();
  expect(whyConfigure(fw, notes, program, 'e')).toBe('what its manager is told has changed');
  // It goes on as it was configured until then.
  expect(whyNotReady(fw, notes, program)).toBeUndefined();
  expect(whyConfigure(pod('start'), undefined, program, 'd')).toBeUndefined();
});

test('one that could not be configured lets nothing pass, and is tried again', () => {
  const notes = after(after(fresh, 'configure'), 'configure', 'it ended with exit code 3');
  expect(whyNotReady(pod('configure'), notes, program)).toBe(
    'its hook configure failed: it ended with exit code 3',
  );
  expect(whyConfigure(pod('configure'), notes, program, 'd')).toBe('its hook configure failed');
});

test('what was noted of a run before says nothing of this one, but that it ended', () => {
  const before = after(notesOfRun(undefined, 'another'), 'configure');
  const fw = pod('configure', 'heal', 'start');
  expect(whyConfigure(fw, before, program, 'd')).toBeDefined();
  expect(whyHeal(fw, before, program)).toBe('its program ended, and runs again');
  const configured = after(notesOfRun(before, run), 'configure');
  // A node that dies here heals it still.
  expect(whyHeal(fw, configured, program)).toBe('its program ended, and runs again');
  expect(whyNotReady(fw, configured, program)).toBe('it is not healed yet');
  const healed = after(configured, 'heal');
  expect(whyNotReady(fw, healed, program)).toBeUndefined();
  expect(isToStart(fw, healed, program)).toBe(true);
  expect(isToStart(fw, after(healed, 'start'), program)).toBe(false);
});

test('one that starts for the first time has nothing to heal', () => {
  expect(whyHeal(pod('heal'), undefined, program)).toBeUndefined();
  expect(whyHeal(pod('heal'), fresh, program)).toBeUndefined();
});

test('one whose heal failed stays closed until it does not', () => {
  const notes = after(fresh, 'heal', 'x');
  expect(whyNotReady(pod('heal'), notes, program)).toBe('its hook heal failed: x');
  expect(whyHeal(pod('heal'), notes, program)).toBe('its hook heal failed');
  expect(whyNotReady(pod('heal'), after(notes, 'heal'), program)).toBeUndefined();
});

test('a failed start is said, and keeps nothing from passing', () => {
  const notes = after(fresh, 'start', 'x');
  expect(whyNotReady(pod('start'), notes, program)).toBeUndefined();
  expect(lastFailure(notes, program)).toBe('its hook start failed: x');
  expect(isToStart(pod('start'), notes, program)).toBe(true);
});

test('outputs outlive the run that gave them, and a failure takes none away', () => {
  const given = withCall(fresh, 'configure', call, { outputs: { port: 1, mode: 'a' } });
  const later = withCall(given, 'start', call, { outputs: { mode: 'b' } });
  expect(notesOfRun(later, 'next').outputs).toEqual({ port: 1, mode: 'b' });
  expect(withCall(later, 'heal', call, { failure: 'x' }).outputs).toEqual({ port: 1, mode: 'b' });
});
