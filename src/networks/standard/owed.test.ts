import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { linux } from '../linux/linux.ts';
import type { Driver } from './archetype.ts';
import { ArchetypeService } from './service.ts';

test('what somebody still has of a removed network who does not run, is remembered and taken from him later on', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-owed-'));
  const open = () => openSqliteManager(path.join(folder, 'state.db'));
  let isAway = true;
  const removed: string[] = [];
  const driver: Driver = {
    applyNetwork: async () => ({}),
    removeNetwork: async ({ name }) => void removed.push(name),
    owed: async ({ name }) => (isAway && name === 'lab' ? 'a bridge' : undefined),
    applyEndpoint: async () => ({}),
    removeEndpoint: async () => {},
  };
  const service = (state: ReturnType<typeof open>) =>
    new ArchetypeService({ ...linux, driver: () => driver }, state, {
      service: () => {
        throw new Error('none');
      },
      folder: '',
      node: 'a',
      registry: state,
    });
  let state = open();
  try {
    const { networks } = service(state);
    for (const name of ['lab', 'other']) {
      await networks.create({ name, archetype: 'linux' });
      await networks.delete(name);
    }
    expect(await networks.list()).toEqual([]);
    await state.close();
    state = open();
    const later = service(state);
    await later.reconcile();
    expect(later.owes).toEqual(['a bridge, of network lab']);
    // Its name is free meanwhile.
    const { id } = await later.networks.create({ name: 'lab', archetype: 'linux' });
    isAway = false;
    expect(await later.settleOwed()).toEqual([]);
    expect(removed).toEqual(['lab', 'other', 'lab', 'lab']);
    expect(await later.networks.read('lab')).toMatchObject({ id });
    await later.settleOwed();
    expect(removed).toHaveLength(4);
  } finally {
    await state.close();
    rmSync(folder, { recursive: true });
  }
});
