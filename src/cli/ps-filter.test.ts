import { describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../api/messages.ts';
import { isShown, type PsFilter, statusFilter } from './ps-filter.ts';

const base: ContainerStatus = {
  name: 'shop-web-1',
  id: 'abc',
  service: 'web',
  index: 1,
  pod: 'shop-web-1',
  role: 'application',
  feature: null,
  image: 'a',
  state: 'running',
  health: null,
  exitCode: null,
  startedAt: null,
  ports: [],
  note: null,
  oneOff: false,
  orphan: false,
};
const all: Record<string, ContainerStatus> = {
  runs: base,
  ended: { ...base, state: 'stopped', exitCode: 1 },
  paused: { ...base, state: 'paused' },
  agent: { ...base, role: 'agent' },
  sandbox: { ...base, role: 'sandbox' },
  once: { ...base, oneOff: true },
  orphan: { ...base, orphan: true },
};
const shown = (filter: PsFilter, bare = false) =>
  Object.keys(all).filter((name) => isShown(all[name] ?? base, filter, bare));

describe('what ps shows', () => {
  test('is all but sandboxes and one-offs; with -a, those too', () => {
    expect(shown({})).toEqual(['runs', 'ended', 'paused', 'agent', 'orphan']);
    expect(shown({ all: true })).toEqual(Object.keys(all));
  });

  test('is what runs of the application itself where ids or names are asked for', () => {
    expect(shown({}, true)).toEqual(['runs', 'paused', 'orphan']);
    expect(shown({ all: true }, true)).toEqual(['runs', 'ended', 'paused', 'once', 'orphan']);
  });

  test('is of a state, in Docker’s words or Heddle’s', () => {
    expect(shown({ status: ['exited'] })).toEqual(['ended']);
    expect(shown({ status: ['stopped', 'paused'] }, true)).toEqual(['ended', 'paused']);
    expect(shown({ filter: statusFilter('status=paused') })).toEqual(['paused']);
    expect(() => statusFilter('name=web')).toThrow('status=running');
  });

  test('is without orphans where they are left out', () => {
    expect(shown({ orphans: false })).not.toContain('orphan');
    expect(shown({ orphans: true })).toContain('orphan');
  });
});
