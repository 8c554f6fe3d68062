import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { ip } from '../ip/ip.ts';
import type { Driver } from './archetype.ts';
import { ArchetypeService } from './service.ts';

test('a wish that was carried out before is answered when nothing new can be decided', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-resources-'));
  const state = openSqliteManager(path.join(folder, 'state.db'));
  let isAway = false;
  const driver: Driver = {
    taken: async () => {
      if (isAway) throw new Error('nobody knows what is taken');
      return [];
    },
    applyNetwork: async () => ({}),
    removeNetwork: async () => {},
    applyEndpoint: async () => ({}),
    removeEndpoint: async () => {},
  };
  const service = () => {
    throw new Error('none');
  };
  try {
    const { networks } = new ArchetypeService({ ...ip, driver: () => driver }, state, {
      service,
      folder: '',
      node: 'a',
      registry: state,
    });
    const wish = { name: 'lab', archetype: 'ip' };
    const { id } = await networks.create(wish, 'key');
    isAway = true;
    expect(await networks.create(wish, 'key')).toMatchObject({ id, status: { phase: 'ready' } });
    await expect(networks.create({ ...wish, mtu: 1400 }, 'key')).rejects.toMatchObject({
      code: 'ERR_IDEMPOTENCY_KEY',
    });
    await expect(networks.create({ ...wish, name: 'other' }, 'other')).rejects.toThrow('nobody knows');
  } finally {
    await state.close();
    rmSync(folder, { recursive: true });
  }
});
