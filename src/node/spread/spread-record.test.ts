import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { SpreadRecords } from './spread-record.ts';

function state() {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-spread-'));
  const manager = openSqliteManager(path.join(folder, 'state.db'));
  onTestFinished(async () => {
    await manager.close();
    rmSync(folder, { recursive: true });
  });
  return manager;
}

const value = { placement: { web: 'one', db: 'two' }, leaving: [], front: 'one' };

test('what one node has written another reads, and one that was not read before it is changed stays', async () => {
  const shared = state();
  const [one, two] = [new SpreadRecords(shared, 'one'), new SpreadRecords(shared, 'two')];
  await one.put('shop', undefined, value);
  const read = await two.get('shop');
  expect(read).toMatchObject(value);
  await one.put('shop', await one.get('shop'), { ...value, leaving: ['three'] });
  await expect(two.put('shop', read, undefined)).rejects.toMatchObject({ code: 'ERR_REVISION' });
  await two.put('shop', await two.get('shop'), undefined);
  expect(await one.get('shop')).toBeUndefined();
});

test('an application is changed by one at a time, who is named', async () => {
  const shared = state();
  const [one, two] = [new SpreadRecords(shared, 'one'), new SpreadRecords(shared, 'two')];
  await one.exclusively('shop', async () => {
    await expect(two.exclusively('shop', async () => {})).rejects.toMatchObject({
      code: 'ERR_REVISION',
      message: 'the application shop is being changed by node one',
    });
    await expect(one.exclusively('shop', async () => {})).rejects.toMatchObject({ code: 'ERR_REVISION' });
    expect(await two.exclusively('other', async () => 7)).toBe(7);
  });
  expect(await two.exclusively('shop', async () => 8)).toBe(8);
});

test('a node that was killed while it changed one goes on with it when it is back', async () => {
  const shared = state();
  const killed = new SpreadRecords(shared, 'one');
  void killed.exclusively('shop', () => new Promise(() => {}));
  await expect.poll(() => shared.get('locks/applications/shop')).toBeDefined();
  const back = new SpreadRecords(shared, 'one');
  expect(await back.exclusively('shop', async () => 9)).toBe(9);
});
