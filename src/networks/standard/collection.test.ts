import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { linux } from '../linux/linux.ts';
import { networksIn } from './records.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-collection-'));
const state = openSqliteManager(path.join(folder, 'state.db'));
afterAll(async () => {
  await state.close();
  rmSync(folder, { recursive: true });
});

test('what another node has removed is not remembered', async () => {
  const [here, there] = [networksIn(state, linux), networksIn(state, linux)];
  const add = async (name: string) => {
    const options = linux.networkOptions.parse({});
    const wanted = { id: `id-${name}`, name, archetype: 'linux', mtu: 1500, labels: {}, options };
    return (await here.add(wanted, [])) ?? 0;
  };
  const revisions = new Map<string, number>();
  for (let index = 0; index < 50; index++) revisions.set(`n${index}`, await add(`n${index}`));
  expect((await there.all()).kept).toHaveLength(50);
  expect(there.size).toBe(50);
  await here.remove('n0', revisions.get('n0') ?? 0);
  expect(await there.read('n0')).toBeUndefined();
  expect(there.size).toBe(49);
  for (const [name, revision] of revisions) await here.remove(name, revision);
  expect((await there.all()).kept).toEqual([]);
  expect(there.size).toBe(0);
});
