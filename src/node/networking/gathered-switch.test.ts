import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { access } from '../../../test/support/cluster.ts';
import { Life, mortalState } from '../../../test/support/mortal-state.ts';
import { until } from '../../../test/support/until.ts';
import { ip as realIp } from '../../networks/ip/ip.ts';
import { localServices } from '../../networks/local-services.ts';
import { sdn as realSdn } from '../../networks/sdn/sdn.ts';
import type { Archetype, Driver } from '../../networks/standard/archetype.ts';
import type { ArchetypeService } from '../../networks/standard/service.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import type { StateManager } from '../../state/state-manager.ts';
import { LendableService } from '../services/lendable-service.ts';
import { GatheredSwitcher } from './gathered-switch.ts';
import { moveKept } from './move-kept.ts';
import { hostStateFile, stateFile } from './service-files.ts';

/** Of a service that makes nothing. */
const paper: Driver = {
  applyNetwork: async () => ({}),
  removeNetwork: async () => {},
  applyEndpoint: async () => ({}),
  removeEndpoint: async () => {},
};
const { access: _, ...bare } = realIp;
const archetypes: Archetype[] = [
  { ...bare, uses: [], driver: () => paper },
  {
    ...realSdn,
    uses: ['ip'],
    // It stands on a service that runs in a process of its own.
    driver: ({ service }) => ({
      ...paper,
      applyNetwork: async ({ name }) => ({ below: (await service('ip').networks.read(`sdn.${name}`)).name }),
    }),
  },
];
const log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const [ip] = archetypes as [Archetype];
const isOwn = (archetype: string) => archetype === 'ip';

let folder: string;
let state: StateManager;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-gathered-'));
  state = openSqliteManager(hostStateFile(folder));
});
afterEach(async () => {
  await state.close();
  rmSync(folder, { recursive: true });
});

/** A service as one in a process of its own: it alone has its file while it runs. */
class Apart {
  #state: StateManager | undefined;
  service!: ArchetypeService;

  async start(): Promise<void> {
    this.#state = openSqliteManager(stateFile(folder, 'ip'));
    this.service = localServices([ip], this.#state, () => '').get('ip')!;
  }

  async stop(): Promise<void> {
    await this.#state?.close();
    this.#state = undefined;
  }
}

async function begin(through: (state: StateManager) => StateManager = (same) => same) {
  await moveKept(state, folder, archetypes, isOwn);
  const apart = new Apart();
  await apart.start();
  const seen = through(state);
  const own = new Map([['ip', apart]]);
  const current = new LendableService({
    get networks() {
      return apart.service.networks;
    },
    get traffic() {
      return apart.service.traffic;
    },
    endpoints: (network) => apart.service.endpoints(network),
  });
  const asked = new Map([['ip', current]]);
  const local = localServices(archetypes, seen, () => '', { remote: asked });
  const gathered = () => localServices(archetypes, seen, () => '', { remote: local });
  const places = { archetypes, state: seen, stateDir: folder };
  const switcher = new GatheredSwitcher({ ...places, local, own, asked, gathered, log });
  const service = (archetype: string) => local.get(archetype) ?? apart.service;
  return { apart, switcher, service };
}

async function make(service: (archetype: string) => ArchetypeService) {
  await service('ip').networks.create({ name: 'lab', archetype: 'ip' });
  const { mac, options } = await service('ip')
    .endpoints('lab')
    .create({ name: 'x', attachment: access('x') });
  return { mac, options };
}

test('a network is switched, and each service has again what is its own', async () => {
  const { apart, switcher, service } = await begin();
  const x = await make(service);
  const before = await service('ip').networks.read('lab');
  const wish = { archetype: 'sdn', revision: before.revision };
  const planned = await switcher.switch(before, { ...wish, dryRun: true });
  expect(planned).toEqual({ network: before, lost: [] });
  await expect(switcher.switch(before, { ...wish, revision: 999 })).rejects.toMatchObject({
    code: 'ERR_REVISION',
  });
  const { network } = await switcher.switch(before, wish);
  expect(network).toMatchObject({
    archetype: 'sdn',
    status: { phase: 'ready', observed: { below: 'sdn.lab' } },
  });
  expect(await service('sdn').endpoints('lab').read('x')).toMatchObject({ mac: x.mac });
  expect((await service('ip').networks.list()).map(({ name }) => name)).toEqual(['sdn.lab']);
  expect((await state.list('networks/ip/')).entries).toEqual([]);
  const back = await switcher.switch(network, { archetype: 'ip' });
  expect(back.network.archetype).toBe('ip');
  expect(await service('ip').endpoints('lab').read('x')).toMatchObject(x);
  await apart.stop();
});

test('services that could not be given their state back start as soon as they have it', async () => {
  const { apart, switcher, service } = await begin();
  const { mac } = await make(service);
  apart.start = async () => {
    apart.start = Apart.prototype.start;
    throw new Error('the disk is full');
  };
  await expect(switcher.switch({ archetype: 'ip', name: 'lab' }, { archetype: 'sdn' })).rejects.toThrow(
    'the disk is full',
  );
  await until('it runs again', async () => (await service('ip').networks.list()).length === 1);
  expect(await service('sdn').endpoints('lab').read('x')).toMatchObject({ mac });
  await switcher.stop();
  await apart.stop();
});

test.each([true, false])(
  'a node that is killed at any change has the one network or the other, whole (made: %s)',
  async (isMade) => {
    const ends = new Set<string>();
    for (let change = 1; ; change++) {
      const life = new Life(change, isMade);
      let isMortal = false;
      const first = await begin((whole) => ({
        ...mortalState(whole, life),
        get: (key) => whole.get(key),
        list: (prefix) => whole.list(prefix),
        commit: (...all) => (isMortal ? mortalState(whole, life) : whole).commit(...all),
      }));
      const { mac } = await make(first.service);
      isMortal = true;
      await first.switcher.switch({ archetype: 'ip', name: 'lab' }, { archetype: 'sdn' }).catch(() => {});
      // What is dead tries nothing again.
      await first.switcher.stop();
      await first.apart.stop();
      const { apart, service } = await begin();
      const [network, ...more] = (
        await Promise.all(['ip', 'sdn'].map((name) => service(name).networks.list()))
      )
        .flat()
        .filter(({ name }) => name === 'lab');
      expect(more).toEqual([]);
      const archetype = network!.archetype;
      ends.add(archetype);
      expect(await service(archetype).endpoints('lab').read('x')).toMatchObject({ mac });
      expect((await service('ip').networks.list()).map(({ name }) => name)).toEqual([
        archetype === 'ip' ? 'lab' : 'sdn.lab',
      ]);
      // Nothing of the next.
      for (const one of ['sdn', 'ip'])
        for (const { name } of await service(one).networks.list()) {
          for (const endpoint of await service(one).endpoints(name).list())
            await service(one).endpoints(name).delete(endpoint.name);
          await service(one).networks.delete(name);
        }
      await apart.stop();
      if (!life.isOver) break;
    }
    expect([...ends].sort()).toEqual(['ip', 'sdn']);
  },
);
