import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { access } from '../../../test/support/cluster.ts';
import { inCommits, most } from '../../state/commit-limits.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { ip } from '../ip/ip.ts';
import { linux } from '../linux/linux.ts';
import { sdn } from '../sdn/sdn.ts';
import { Belongings, leftBehind } from '../standard/belongings.ts';
import type { Sharing } from '../standard/sharing.ts';
import { Switcher } from '../switch/switcher.ts';
import { decidingServices } from './shared-services.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-large-'));
// As etcd has it.
const state = openSqliteManager(path.join(folder, 'shared.db'), undefined, most);
afterAll(async () => {
  await state.close();
  rmSync(folder, { recursive: true });
});

const sharing: Sharing = {
  here: 'a',
  isPresent: () => true,
  check: () => {},
  around: async () => ({ conditions: [], names: new Map(), taken: [], vlans: new Map() }),
};
const services = decidingServices([linux, ip, sdn], state, sharing);
const service = (archetype: string) => services.get(archetype)!;
const count = 400;

test('a network of hundreds of endpoints is switched though one commit takes less', async () => {
  const wide = { subnets: [{ subnet: '10.160.0.0/16' }] };
  await service('ip').networks.create({ name: 'lab', archetype: 'ip', options: wide });
  const first = await service('ip')
    .endpoints('lab')
    .create({ name: 'e0', node: 'a', attachment: access('e0') });
  const kept = service('ip').endpointsKept('lab');
  const { wanted } = (await kept.read('e0'))!;
  const others = Array.from({ length: count - 1 }, (_, index) => {
    const number = (index + 1).toString(16).padStart(4, '0');
    return {
      ...wanted,
      name: `e${index + 1}`,
      id: `${number}${wanted.id.slice(4)}`,
      mac: `02:00:00:00:${number.slice(0, 2)}:${number.slice(2)}`,
      options: {
        ...wanted.options,
        addresses: [`10.160.${1 + Math.floor(index / 200)}.${1 + (index % 200)}`],
      },
    };
  });
  const pending = { phase: 'pending', observed: {} } as const;
  for (const part of inCommits(others.map((one) => kept.putting({ wanted: one, status: pending })[0]!)))
    await state.commit([], part);
  // Each node has said what it has.
  for (const node of Array.from({ length: 130 }, (_, index) => `n${index}`))
    await service('ip').kept.report('lab', node, { of: 1, ...pending }, []);
  const { network } = await new Switcher(services, state, true).switch(
    { archetype: 'ip', name: 'lab' },
    { archetype: 'sdn' },
  );
  expect(network.archetype).toBe('sdn');
  const there = await service('sdn').endpoints('lab').list();
  expect(there).toHaveLength(count);
  expect(there.find(({ name }) => name === 'e0')).toMatchObject({
    mac: first.mac,
    options: { addresses: first.options['addresses'] },
  });
  expect((await service('sdn').kept.reports('lab')).size).toBe(130);
  const { entries } = await state.list('');
  expect(entries.filter(({ key }) => key.includes('/ip/')).map(({ key }) => key)).toEqual([
    'networks/ip/serial',
  ]);
});

test('what is left of a network that never was goes before one of that name is made, and by whoever begins', async () => {
  const lost = Array.from({ length: 300 }, (_, index) => ({
    key: `endpoints/ip/never/wanted/e${index}`,
    value: 1,
  }));
  const belongings = new Belongings(state, { archetype: 'ip', network: 'never' });
  const conditions = await belongings.write(lost, []);
  expect(conditions).toHaveLength(2);
  expect(leftBehind((await state.list('')).entries)).toEqual([{ archetype: 'ip', network: 'never' }]);
  // Who goes on although another has cleared it sees that.
  expect(await belongings.clear()).toBe(true);
  expect(await state.commit(conditions!, [{ key: 'networks/ip/wanted/never', value: 1 }])).toBeUndefined();
  await belongings.write(lost, []);
  await service('ip').networks.create({ name: 'never', archetype: 'ip' });
  expect(await service('ip').endpoints('never').list()).toEqual([]);
});

test('of two who write the same one gives up', async () => {
  const of = () => new Belongings(state, { archetype: 'sdn', network: 'both' });
  const many = (value: string) =>
    Array.from({ length: 300 }, (_, index) => ({ key: `endpoints/sdn/both/wanted/e${index}`, value }));
  const written = await Promise.all([of().write(many('one'), []), of().write(many('other'), [])]);
  expect(written.filter((conditions) => conditions !== undefined)).toHaveLength(1);
});
