import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from '../../test/support/until.ts';
import type { HeddleError } from '../lib/errors.ts';
import { Presence } from './presence.ts';
import { openSqliteManager } from './sqlite-manager.ts';
import type { Lease, StateManager } from './state-manager.ts';

let folder: string;
let state: StateManager;
let opened: Presence[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-presence-'));
  state = openSqliteManager(path.join(folder, 'state.db'));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((presence) => presence.close()));
  await state.close();
  rmSync(folder, { recursive: true });
});
const appear = (value: string, failed: (error: HeddleError) => void = () => {}) => {
  const presence = new Presence(state, 'nodes/a', value, failed);
  opened.push(presence);
  return presence;
};
const value = async () => (await state.get('nodes/a'))?.value;

test('who is there is seen until he goes', async () => {
  const presence = appear('one');
  await until('it is there', () => presence.isThere);
  expect(await value()).toBe('one');
  await presence.close();
  expect(await value()).toBeUndefined();
});

test('who has the same name is told, and comes when the first has gone', async () => {
  const first = appear('one');
  await until('it is there', () => first.isThere);
  const failed = vi.fn();
  const second = appear('two', failed);
  await until('it is told', () => failed.mock.calls.length > 0);
  expect(failed.mock.calls[0]?.[0]).toMatchObject({ code: 'ERR_NODE_RUNNING' });
  expect(await value()).toBe('one');
  await first.close();
  await until('the second is there', () => second.isThere);
  expect(await value()).toBe('two');
});

test('when its lease is lost it takes another', async () => {
  const lease = state.lease.bind(state);
  const losing: (() => Promise<void>)[] = [];
  vi.spyOn(state, 'lease').mockImplementation(async (seconds) => {
    const held = await lease(seconds);
    const lost = new Promise<string>((resolve) =>
      losing.push(async () => {
        await held.release();
        resolve('etcd has ended it');
      }),
    );
    return Object.defineProperty(held, 'lost', { value: lost }) as Lease;
  });
  const presence = appear('one');
  await until('it is there', () => presence.isThere);
  const before = (await state.get('nodes/a'))?.revision ?? 0;
  await losing[0]?.();
  await until('it is there again', async () => ((await state.get('nodes/a'))?.revision ?? 0) > before);
  expect(presence.isThere).toBe(true);
});
