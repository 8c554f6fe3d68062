import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Network } from '../../src/networks/standard/network.ts';
import type { NetworkingService } from '../../src/networks/standard/networking-service.ts';
import { Stations } from './stations.ts';
import { until } from './until.ts';

/** A service under test. */
export interface OpenService {
  readonly service: NetworkingService;
  /** As a kill -9 of its process, and a new start: from what is kept, everything is looked at once. */
  restart(): Promise<NetworkingService>;
  close(): Promise<void>;
}

export interface Suite {
  readonly archetype: string;
  /** Options that no network can have. */
  readonly wrong: object;
  /** Opens a service with empty state; it is the same for all tests, each of which leaves nothing in it. */
  open(): Promise<OpenService>;
  /** Whether what one says to all arrives at each of the others. Default: an Ethernet frame. */
  reaches?(stations: Stations, from: string, to: readonly string[]): Promise<boolean[]>;
  /** Takes away what a network is made from, by hand. Default: the interface that it has. */
  takeAway?(network: Network): Promise<unknown>;
}

/** What every networking service does, whatever its archetype. */
export function networkingSuite(suite: Suite): void {
  const { archetype, wrong, open } = suite;
  const reaches = suite.reaches ?? ((all, from, to) => all.reaches(from, to));
  const takeAway =
    suite.takeAway ??
    (async ({ status }) => execFileSync('ip', ['link', 'delete', String(status.observed['interface'])]));
  const stations = new Stations('suite');
  let opened: OpenService;
  let service: NetworkingService;
  let before: string;
  let first: string;
  beforeAll(async () => {
    first = links();
    for (const name of ['a', 'b', 'c']) stations.add(name);
    opened = await open();
    service = opened.service;
  });
  afterAll(async () => {
    await opened.close();
    stations.removeAll();
    expect(links()).toBe(first);
  });
  beforeEach(() => {
    before = links();
  });
  afterEach(async () => {
    for (const { name } of await service.networks.list()) {
      for (const endpoint of await service.endpoints(name).list())
        await service.endpoints(name).delete(endpoint.name);
      await service.networks.delete(name);
    }
    // Nothing is left of anything.
    expect(links()).toBe(before);
  });

  const make = (name: string, more: object = {}) => service.networks.create({ name, archetype, ...more });
  const join = (network: string, station: string, key?: string) =>
    service.endpoints(network).create(
      {
        name: station,
        attachment: { kind: 'namespace', path: stations.pathOf(station), interface: 'eth0' },
      },
      key,
    );

  test('makes a network, shows it, and lets endpoints reach each other, and nobody else', async () => {
    const made = await make('lab', { labels: { team: 'red' } });
    expect(made).toMatchObject({
      name: 'lab',
      archetype,
      mtu: 1500,
      labels: { team: 'red' },
      status: { phase: 'ready' },
    });
    expect(await service.networks.read('lab')).toEqual(made);
    expect(await service.networks.list()).toEqual([made]);
    // As long as names may be.
    const other = 'o'.repeat(227);
    await make(other);
    await join('lab', 'a');
    await join('lab', 'b');
    const c = await join(other, 'c');
    expect(c).toMatchObject({ name: 'c', network: other, status: { phase: 'ready' } });
    expect((await service.endpoints('lab').list()).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await reaches(stations, 'a', ['b', 'c'])).toEqual([true, false]);
    expect(stations.run('a', 'ip', 'link', 'show', 'eth0')).toContain('mtu 1500');
  });

  test('carries out the same wish with the same key once', async () => {
    const wish = { name: 'lab', archetype };
    const first = await service.networks.create(wish, 'key 1');
    expect(await service.networks.create(wish, 'key 1')).toEqual(first);
    await expect(service.networks.create({ ...wish, mtu: 1400 }, 'key 1')).rejects.toMatchObject({
      code: 'ERR_IDEMPOTENCY_KEY',
    });
    for (const key of [undefined, 'key 2'])
      await expect(service.networks.create(wish, key)).rejects.toMatchObject({ code: 'ERR_RESOURCE_EXISTS' });
  });

  test('lets one of two win who make the same at once', async () => {
    const answers = await Promise.allSettled([make('lab'), make('lab')]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const ends = await Promise.allSettled([join('lab', 'a'), join('lab', 'a')]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('refuses what cannot be, says where it is wrong, and keeps nothing of it', async () => {
    const path = stations.pathOf('a');
    // Over HTTP it is the request that is not right.
    const invalid = expect.stringMatching(/ERR_RESOURCE_INVALID|ERR_USAGE/) as never;
    const refused = async (work: Promise<unknown>, code: string, text: string) =>
      await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
    await refused(make('lab', { options: wrong }), 'ERR_RESOURCE_INVALID', 'network lab: options: ');
    await refused(make('a/b'), invalid, 'name');
    await refused(make('lab', { mtu: 70_000 }), invalid, 'mtu');
    await make('lab');
    const endpoints = service.endpoints('lab');
    const at = (attachment: object) => endpoints.create({ name: 'x', attachment } as never);
    await refused(
      at({ kind: 'namespace', path: '/run/netns/absent', interface: 'eth0' }),
      'ERR_NAMESPACE',
      'absent',
    );
    await refused(
      at({ kind: 'namespace', path: '/proc/self/ns/net', interface: 'e' }),
      'ERR_NAMESPACE',
      'host’s own',
    );
    await refused(
      at({ kind: 'namespace', path: '/etc/hosts', interface: 'eth0' }),
      'ERR_NAMESPACE',
      'no namespace',
    );
    await refused(at({ kind: 'namespace', path, interface: 'x'.repeat(16) }), invalid, 'interface');
    await refused(at({ kind: 'namespace', path: '/run/"\nlink del lan0', interface: 'e' }), invalid, 'path');
    expect(await endpoints.list()).toEqual([]);
    await join('lab', 'a');
    const twin = endpoints.create({
      name: 'twin',
      attachment: { kind: 'namespace', path, interface: 'eth0' },
    });
    await refused(twin, 'ERR_NETWORK', 'has an interface eth0 already');
    expect((await endpoints.list()).map(({ name }) => name)).toEqual(['a']);
  });

  test('knows what there is not', async () => {
    await expect(service.networks.read('lab')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
    await expect(service.networks.delete('lab')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
    await expect(join('lab', 'a')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
    await make('lab');
    await expect(service.endpoints('lab').delete('a')).rejects.toMatchObject({
      code: 'ERR_RESOURCE_UNKNOWN',
    });
  });

  test('changes what was read, and not what was changed since', async () => {
    const { revision } = await make('lab');
    await join('lab', 'a');
    const changed = await service.networks.update({ name: 'lab', archetype, mtu: 1400 }, revision);
    expect(changed).toMatchObject({ mtu: 1400, status: { phase: 'ready' } });
    expect(changed.revision).toBeGreaterThan(revision);
    await until('the endpoint follows', () =>
      stations.run('a', 'ip', 'link', 'show', 'eth0').includes('mtu 1400'),
    );
    await expect(service.networks.update({ name: 'lab', archetype }, revision)).rejects.toMatchObject({
      code: 'ERR_REVISION',
    });
    await expect(service.networks.delete('lab', revision)).rejects.toMatchObject({ code: 'ERR_REVISION' });
    const again = service.networks.update({ name: 'lab', archetype, mtu: 1300 }, changed.revision, 'k');
    const { revision: third } = await again;
    // The answer was lost: whoever says it again is answered as before.
    const repeated = await service.networks.update(
      { name: 'lab', archetype, mtu: 1300 },
      changed.revision,
      'k',
    );
    expect(repeated.revision).toBe(third);
  });

  test('keeps a network that has endpoints', async () => {
    await make('lab');
    await join('lab', 'a');
    await expect(service.networks.delete('lab')).rejects.toMatchObject({
      code: 'ERR_RESOURCE_IN_USE',
      message: expect.stringContaining('a'),
    });
    expect(await service.networks.read('lab')).toMatchObject({ status: { phase: 'ready' } });
  });

  test('tells who watches what is there, and each change after it', async () => {
    await make('lab');
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of service.networks.watch(stop.signal)) {
        const { name } = event.type === 'changed' ? event.resource : event;
        seen.push(`${event.type} ${name}`);
      }
    })();
    await until('what is there was told', () => seen.includes('changed lab'));
    await make('lab2');
    await service.networks.delete('lab2');
    await until('the end was told', () => seen.includes('removed lab2'));
    stop.abort();
    await watching.catch(() => {});
    expect(seen.indexOf('changed lab2')).toBeLessThan(seen.indexOf('removed lab2'));
  });

  test('has after a kill what it had before, and mends what somebody took away meanwhile', async () => {
    const lab: Network = await make('lab');
    const a = await join('lab', 'a');
    await join('lab', 'b');
    await takeAway(lab);
    service = await opened.restart();
    await until('all is ready', async () => {
      const all = [...(await service.networks.list()), ...(await service.endpoints('lab').list())];
      return all.length === 3 && all.every(({ status }) => status.phase === 'ready');
    });
    expect(await service.networks.read('lab')).toMatchObject({ id: lab.id, revision: lab.revision });
    expect(await service.endpoints('lab').read('a')).toMatchObject({ id: a.id, mac: a.mac });
    // It was ready before, too: what was taken away is mended once it has been looked at.
    await until('they reach each other', async () => (await reaches(stations, 'a', ['b'])).every(Boolean));
  });

  test('says that an endpoint’s namespace vanished, and lets it be removed', async () => {
    stations.add('gone');
    await make('lab');
    await join('lab', 'gone', 'key');
    const whole = links();
    stations.delete('gone');
    // A moment after the namespace, the kernel takes its interfaces: when a proxy that stands in it was ended, too.
    service = await opened.restart();
    await until('its link is gone', () => links() !== whole);
    service = await opened.restart();
    await until('it was seen', async () => {
      const { status } = await service.endpoints('lab').read('gone');
      return status.phase === 'failed' && String(status.reason).includes('the namespace is not there');
    });
    // Whoever says the wish again is told why, and takes nothing away by that.
    await expect(join('lab', 'gone', 'key')).rejects.toMatchObject({ code: 'ERR_NAMESPACE' });
    expect(await service.endpoints('lab').list()).toHaveLength(1);
    await service.endpoints('lab').delete('gone');
  });

  function links(): string {
    return execFileSync('ip', ['-j', 'address'], { encoding: 'utf8' });
  }
}
