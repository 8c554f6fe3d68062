import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ovsdb } from './ovsdb.ts';

// A database whose ovs-vswitchd has come to a number, and goes on only when it is told.
let folder: string;
let server: Server;
let ovsdb: Ovsdb;
const clients: Socket[] = [];
const comeTo = (number: number) => ({ Open_vSwitch: { root: { new: { cur_cfg: number } } } });

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-ovsdb-'));
  server = createServer((client) => {
    clients.push(client);
    client.on('data', (bytes) => {
      const { id } = JSON.parse(String(bytes)) as { id: number };
      client.write(JSON.stringify({ id, error: null, result: comeTo(1) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(path.join(folder, 'db.sock'), resolve));
  ovsdb = new Ovsdb(path.join(folder, 'db.sock'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await ovsdb.close();
  for (const client of clients.splice(0)) client.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

test('who waits in vain for ovs-vswitchd spares all others the same, until it goes on', async () => {
  await ovsdb.configured(1);
  const first = expect(ovsdb.configured(2)).rejects.toMatchObject({ code: 'ERR_OVS' });
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
  vi.runAllTimers();
  await first;
  // No time passes by itself.
  await expect(ovsdb.configured(2)).rejects.toMatchObject({ code: 'ERR_OVS' });
  clients[0]?.write(JSON.stringify({ id: null, method: 'update', params: ['configured', comeTo(2)] }));
  await vi.waitFor(() => ovsdb.configured(2));
  expect(await ovsdb.isReachable()).toBe(true);
});

test('one whose database is not there is away', async () => {
  expect(await new Ovsdb(path.join(folder, 'nowhere.sock')).isReachable()).toBe(false);
});
