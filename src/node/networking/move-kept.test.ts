import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { moveKept, parts } from './move-kept.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-move-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what is kept follows a service from process to process, and nothing else does', async () => {
  const shared = openSqliteManager(path.join(folder, 'networks.db'));
  const archetypes = [{ name: 'ip' }, { name: 'sdn' }];
  const keys = async () => (await shared.list('')).entries.map(({ key, value }) => `${key}=${value}`);
  const ofIp = parts.map((part) => `${part}/ip/wanted/lab`).sort();
  const all = [...ofIp, 'networks/sdn/wanted/too'];
  await shared.commit(
    [],
    all.map((key) => ({ key, value: key.length })),
  );
  const before = await keys();
  await moveKept(shared, folder, archetypes, (name) => name === 'ip');
  expect(await keys()).toEqual(['networks/sdn/wanted/too=23']);
  const file = path.join(folder, 'networks-ip.db');
  const own = openSqliteManager(file);
  expect((await own.list('')).entries.map(({ key }) => key)).toEqual(ofIp);
  await own.close();
  await moveKept(shared, folder, archetypes, () => false);
  expect(await keys()).toEqual(before);
  expect(existsSync(file)).toBe(false);
  await shared.close();
});
