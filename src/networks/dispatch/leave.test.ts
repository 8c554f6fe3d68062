import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { ip } from '../ip/ip.ts';
import { registryOf } from '../standard/registry.ts';
import { leave } from './leave.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-leave-'));
const state = openSqliteManager(path.join(folder, 'state.db'));
afterAll(async () => {
  await state.close();
  rmSync(folder, { recursive: true });
});

test('what an archetype has noted of a node that leaves, it forgets in its own registry', async () => {
  const registry = registryOf(state, 'ip');
  await registry.commit(
    [],
    ['a', 'b'].map((node) => ({ key: node, value: 1 })),
  );
  const noting = {
    ...ip,
    forgetNode: async (own: typeof state, node: string) =>
      void (await own.commit([], [{ key: node, delete: true }])),
  };
  await leave(state, [noting], 'b', true);
  expect((await registry.list('')).entries.map(({ key }) => key)).toEqual(['a']);
});
