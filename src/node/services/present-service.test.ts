import { afterEach, expect, test, vi } from 'vitest';
import { HeddleError } from '../../lib/errors.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { PresentService } from './present-service.ts';

const lab = { name: 'lab', archetype: 'ip', status: { phase: 'ready', observed: {} } } as unknown as Network;
const there = {
  networks: {
    list: async () => [lab],
    create: async ({ name }: Network) => ({ ...lab, name }),
    delete: async () => {},
  },
  endpoints: () => ({ list: async () => [] }),
} as unknown as NetworkingService;

afterEach(() => void vi.useRealTimers());

function service() {
  let current: NetworkingService | string = 'it is starting';
  const present = new PresentService('ip', () => current);
  const be = (now: NetworkingService | string) => {
    current = now;
  };
  return { present, be };
}
const absent = { code: 'ERR_SERVICE_ABSENT', message: expect.stringContaining('it is starting') };

test('nothing is known of a service that never was there', async () => {
  const { present } = service();
  await expect(present.networks.list()).rejects.toMatchObject(absent);
  await expect(present.networks.read('lab')).rejects.toMatchObject(absent);
  await expect(present.endpoints('lab').list()).rejects.toMatchObject(absent);
});

test('what one has that is away is known, and what it has not', async () => {
  const { present, be } = service();
  be(there);
  await present.networks.list();
  await present.networks.create({ name: 'made', archetype: 'ip' });
  be('it is starting');
  expect((await present.networks.list()).map(({ name, status }) => [name, status.phase])).toEqual([
    ['lab', 'failed'],
    ['made', 'failed'],
  ]);
  expect((await present.networks.read('lab')).status.reason).toContain('it is starting');
  await expect(present.networks.read('other')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
  await expect(present.networks.create({ name: 'other', archetype: 'ip' })).rejects.toMatchObject(absent);
  await expect(present.look()).rejects.toMatchObject(absent);
  be(there);
  await present.networks.delete('made');
  be('it is starting');
  expect(await present.networks.list()).toHaveLength(1);
});

test('one that crashes while it is asked is absent, and no node is', async () => {
  const { present, be } = service();
  const gone = async () => Promise.reject(new HeddleError('ERR_NODE_ABSENT', 'connect ECONNREFUSED'));
  be({ networks: { create: gone } } as unknown as NetworkingService);
  await expect(present.networks.create({ name: 'x', archetype: 'ip' })).rejects.toMatchObject({
    code: 'ERR_SERVICE_ABSENT',
  });
});

test('one that hangs is absent after a while, and what it had is known', async () => {
  vi.useFakeTimers();
  const { present, be } = service();
  be(there);
  await present.networks.list();
  const never = () => new Promise(() => {});
  be({ networks: { list: never, read: never } } as unknown as NetworkingService);
  const [listed, read] = [present.networks.list(), present.networks.read('lab')];
  await vi.advanceTimersByTimeAsync(5000);
  expect((await listed)[0]).toMatchObject({ name: 'lab', status: { phase: 'failed' } });
  expect((await read).status.reason).toBe('the networking service of ip: it does not answer');
});
