import { execFileSync, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import type { NetworkingService } from '../../../src/networks/standard/networking-service.ts';
import { DhcpClient } from '../../support/dhcp-client.ts';
import { ethernet, sctpInit, sctpInitPacket, types } from '../../support/frames.ts';
import { installKea } from '../../support/kea.ts';
import type { OpenService } from '../../support/networking-suite.ts';
import { openHere } from '../../support/open-service.ts';
import { Stations } from '../../support/stations.ts';
import { until } from '../../support/until.ts';

describe('a network of ip', () => {
  const stations = new Stations('ip');
  let opened: OpenService;
  let service: NetworkingService;
  const servers: ReturnType<typeof spawn>[] = [];
  const dhcp = new DhcpClient(stations);
  let removeKea: () => void;
  beforeAll(() => {
    removeKea = installKea();
    for (const name of ['a', 'b', 'c', 'd']) stations.add(name);
  });
  afterAll(() => {
    stations.removeAll();
    dhcp.remove();
    removeKea();
  });
  beforeEach(async () => {
    opened = await openHere('ip');
    service = opened.service;
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    for (const { name } of await service.networks.list()) {
      for (const endpoint of await service.endpoints(name).list())
        await service.endpoints(name).delete(endpoint.name);
      await service.networks.delete(name);
    }
    await opened.close();
    expect(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' })).not.toContain('elements');
  });

  const make = (name: string, options: Record<string, unknown> = {}) =>
    service.networks.create({ name, archetype: 'ip', options });
  const join = (network: string, station: string, options: Record<string, unknown> = {}) =>
    service.endpoints(network).create({
      name: station,
      attachment: { kind: 'namespace', path: stations.pathOf(station), interface: 'eth0' },
      options,
    });
  /** Answers every connection at a port with who asked. */
  const serve = async (station: string, port: number) => {
    const file = path.join(import.meta.dirname, '../../support/who-asks-process.ts');
    const args = [`--net=${stations.pathOf(station)}`, '--', process.execPath, file, String(port)];
    const server = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    servers.push(server);
    if (server.stdout) await once(server.stdout, 'data');
  };
  const curl = ['curl', '--silent', '--max-time', '10', '--noproxy', '*'];
  const asks = (station: string, url: string) => stations.run(station, ...curl, url);
  /** Whether there is no way: where there is one, a connection is there at once. */
  const isKeptFrom = (station: string, url: string) => {
    expect(
      () => stations.run(station, ...curl, '--connect-timeout', '0.5', url),
      `${station} ${url}`,
    ).toThrow();
  };
  const hostAsks = (url: string) =>
    execFileSync(curl[0] ?? '', [...curl.slice(1), url], { encoding: 'utf8' });
  const addressesOf = ({ status }: Endpoint) => status.observed['addresses'];

  test('gives each endpoint addresses of both families, a way out, and those asked for', async () => {
    await make('lab', { subnets: [{ subnet: '10.9.0.0/24' }, { subnet: 'fd09::/64' }] });
    expect(addressesOf(await join('lab', 'a'))).toEqual(['10.9.0.2/24', 'fd09::2/64']);
    expect(addressesOf(await join('lab', 'b', { addresses: ['10.9.0.77'] }))).toEqual([
      '10.9.0.77/24',
      'fd09::3/64',
    ]);
    expect(stations.run('a', 'ip', 'route')).toContain('default via 10.9.0.1 dev eth0');
    expect(stations.run('a', 'ip', '-6', 'route')).toContain('default via fd09::1 dev eth0');
    await serve('b', 80);
    expect(asks('a', 'http://10.9.0.77')).toBe('10.9.0.2');
    expect(asks('a', 'http://[fd09::3]')).toBe('fd09::2');
    await expect(join('lab', 'c', { addresses: ['10.9.0.2'] })).rejects.toMatchObject({
      code: 'ERR_NETWORK_POOL',
      message: 'endpoint c of lab: address 10.9.0.2 is that of endpoint a',
    });
  });

  test('overlaps with no other, and with no route of the host', async () => {
    await make('one', { subnets: [{ subnet: '10.9.0.0/16' }] });
    await expect(make('two', { subnets: [{ subnet: '10.9.7.0/24' }] })).rejects.toMatchObject({
      message: 'network two: subnet 10.9.7.0/24 overlaps with 10.9.0.0/16 of network one',
    });
    execFileSync('ip', ['link', 'add', 'lan1', 'type', 'bridge']);
    try {
      execFileSync('ip', ['address', 'add', '10.10.0.5/16', 'dev', 'lan1']);
      execFileSync('ip', ['link', 'set', 'lan1', 'up']);
      await expect(make('two', { subnets: [{ subnet: '10.10.7.0/24' }] })).rejects.toMatchObject({
        message: 'network two: subnet 10.10.7.0/24 overlaps with 10.10.0.0/16 of a route through lan1',
      });
    } finally {
      execFileSync('ip', ['link', 'delete', 'lan1']);
    }
  });

  test('answers for names and aliases, and forgets them', async () => {
    await make('lab', { subnets: [{ subnet: '10.9.0.0/24' }] });
    await join('lab', 'a', { aliases: ['web'] });
    await join('lab', 'b', { aliases: ['web', 'api'] });
    const resolver = new Resolver({ timeout: 500, tries: 4 });
    resolver.setServers(['10.9.0.1']);
    const named = async (name: string) => (await resolver.resolve4(name).catch(({ code }) => [code])).sort();
    expect(await named('web')).toEqual(['10.9.0.2', '10.9.0.3']);
    expect(await named('api')).toEqual(['10.9.0.3']);
    await service.endpoints('lab').delete('b');
    expect(await named('api')).toEqual(['ENOTFOUND']);
    expect(await named('web')).toEqual(['10.9.0.2']);
    // Of these the host has few, for all its programs.
    const [pid] = dnsmasqs();
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    expect(open.filter((one) => one.includes('inotify'))).toEqual([]);
  });

  test('has its name server asked by nobody but its endpoints and the host', async () => {
    await make('lab', { subnets: [{ subnet: '10.9.0.0/24' }, { subnet: 'fd09::/64' }] });
    await make('other', { subnets: [{ subnet: '10.8.0.0/24' }, { subnet: 'fd08::/64' }] });
    await join('lab', 'a');
    await join('other', 'b');
    const ask = `const [name, ...servers] = process.argv.slice(1);
      const answers = servers.map((server) => {
        const resolver = new (require('node:dns').promises.Resolver)({ timeout: 500, tries: 1 });
        resolver.setServers([server]);
        return resolver.resolve4(name).then(String, ({ code }) => code);
      });
      Promise.all(answers).then((all) => console.log(all.join(' ')));`;
    const answers = (name: string, ...servers: readonly string[]) =>
      stations.run('a', process.execPath, '-e', ask, name, ...servers).trim();
    await until('its own answers', () => answers('a', '10.9.0.1', '[fd09::1]') === '10.9.0.2 10.9.0.2');
    expect(answers('b', '10.8.0.1', '[fd08::1]')).toBe('ETIMEOUT ETIMEOUT');
    const here = new Resolver({ timeout: 500, tries: 4 });
    here.setServers(['10.8.0.1']);
    expect(await here.resolve4('b')).toEqual(['10.8.0.2']);
  });

  test('leads published ports to an endpoint: from the host, its loopback, other networks, and itself', async () => {
    await make('lab', { subnets: [{ subnet: '10.9.0.0/24' }] });
    await make('other', { subnets: [{ subnet: '10.8.0.0/24' }] });
    await join('lab', 'a', { ports: [{ published: 8080, port: 80 }] });
    await join('lab', 'b');
    await join('other', 'c');
    await serve('a', 80);
    expect(hostAsks('http://127.0.0.1:8080')).toBe('10.9.0.1');
    expect(hostAsks('http://10.9.0.1:8080')).toBe('10.9.0.1');
    for (const [station, gateway] of [
      ['a', '10.9.0.1'],
      ['b', '10.9.0.1'],
      ['c', '10.8.0.1'],
    ] as const)
      expect(asks(station, `http://${gateway}:8080`), station).not.toBe('');
    await expect(join('other', 'd', { ports: [{ published: 8080, port: 80 }] })).rejects.toMatchObject({
      code: 'ERR_PORT_IN_USE',
    });
    expect(await service.endpoints('other').list()).toHaveLength(1);
    expect(hostAsks('http://127.0.0.1:8080')).toBe('10.9.0.1');
    await join('other', 'd', { ports: [{ published: 8080, port: 90, protocol: 'sctp' }] });
    expect(await reachesBySctp('b', '10.9.0.1', 8080, 'd', 90)).toBe(true);
  });

  /** No station has sockets of SCTP, which many kernels lack: the first message of an association goes by hand. */
  const reachesBySctp = async (from: string, host: string, published: number, to: string, port: number) => {
    const gateway = /lladdr (\S+)/.exec(stations.run(from, 'ip', 'neigh', 'show', host))?.[1] ?? '';
    const [sender, receiver] = [stations.socket(from), stations.socket(to)];
    const heard = { heard: [sctpInitPacket(5000, port, 77).toString('hex')] };
    try {
      await receiver.tell(heard);
      const packet = sctpInit(['10.9.0.3', 5000], [host, published], 77);
      const frame = ethernet(gateway, '02:00:00:00:00:01', types.ipv4, packet);
      await sender.tell({ send: frame.toString('hex') });
      await until('it arrives', async () => JSON.parse(await receiver.tell(heard))[0] > 0);
      return true;
    } finally {
      for (const { child } of [sender, receiver]) child.kill('SIGKILL');
    }
  };

  test('lets nothing pass to another network, nor in or out of an internal one', async () => {
    await make('lab', { subnets: [{ subnet: '10.9.0.0/24' }] });
    await make('inner', { subnets: [{ subnet: '10.8.0.0/24' }], internal: true });
    await join('lab', 'a');
    await join('inner', 'b');
    await join('inner', 'c');
    for (const station of ['a', 'b', 'c']) await serve(station, 80);
    expect(asks('b', 'http://10.8.0.3')).toBe('10.8.0.2');
    stations.run('b', 'ip', 'route', 'add', 'default', 'via', '10.8.0.1');
    for (const [station, url] of [
      ['a', 'http://10.8.0.2'],
      ['b', 'http://10.9.0.2'],
    ] as const)
      isKeptFrom(station, url);
    // A published port of an internal network would lead nowhere.
    await service.endpoints('inner').delete('c');
    await expect(join('inner', 'c', { ports: [{ published: 8080, port: 80 }] })).rejects.toMatchObject({
      code: 'ERR_RESOURCE_INVALID',
    });
  });

  test('is mended when its rules are flushed and its name server killed', async () => {
    await make('lab', { subnets: [{ subnet: '10.9.0.0/24' }] });
    await join('lab', 'a', { ports: [{ published: 8080, port: 80 }] });
    await serve('a', 80);
    execFileSync('nft', ['delete', 'table', 'inet', 'heddle_ip']);
    const [pid] = dnsmasqs();
    process.kill(pid ?? 0, 'SIGKILL');
    await until('it is gone', () => dnsmasqs().length === 0);
    service = await opened.restart();
    expect(hostAsks('http://127.0.0.1:8080')).toBe('10.9.0.1');
    expect(dnsmasqs()).toHaveLength(1);
    await service.endpoints('lab').delete('a');
    await service.networks.delete('lab');
    expect(dnsmasqs()).toEqual([]);
  });

  describe.each([
    { server: 'dnsmasq', other: 'kea' },
    { server: 'kea', other: 'dnsmasq' },
  ])('with DHCP by $server', ({ server, other }) => {
    const subnets = [{ subnet: '10.9.0.0/24' }];
    const processes = () => (server === 'kea' ? running('kea-dhcp4') : dnsmasqs());

    test('gives each endpoint its address, whatever it says, and nobody else any', async () => {
      await make('lab', { subnets, dhcp: server });
      // Both have port 67, each on its own network.
      await make('beside', { subnets: [{ subnet: '10.8.0.0/24' }], dhcp: other });
      await join('lab', 'a');
      const b = await join('lab', 'b', { addresses: ['10.9.0.77'] });
      await join('beside', 'c');
      const gateway = { router: '10.9.0.1', dns: '10.9.0.1' };
      expect(dhcp.ask('a')).toEqual({ ip: '10.9.0.2', hostname: 'a', ...gateway });
      const insisting = ['-r', '10.9.0.2', '-x', 'hostname:$(reboot)', '-x', '0x3d:6576696c'];
      expect(dhcp.ask('b', ...insisting)).toEqual({ ip: '10.9.0.77', hostname: 'b', ...gateway });
      expect(dhcp.ask('c')).toMatchObject({ ip: '10.8.0.2', router: '10.8.0.1' });
      const { revision, status: _, id: __, network: ___, archetype: ____, ...wish } = b;
      const moved = { ...wish, options: { ...wish.options, addresses: ['10.9.0.78'] } };
      await service.endpoints('lab').update(moved, revision);
      expect(dhcp.ask('b')?.ip).toBe('10.9.0.78');
      // Who has an address now had it before, by another's lease.
      await service.endpoints('lab').delete('a');
      await join('lab', 'd', { addresses: ['10.9.0.2'] });
      expect(dhcp.ask('d')?.ip).toBe('10.9.0.2');
      stations.run('d', 'ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:99');
      expect(dhcp.ask('d', '-t', '2', '-T', '1')).toBeUndefined();
    });

    test('goes on after a kill, and by another server when it is told', async () => {
      const { revision, status: _, id: __, ...wish } = await make('lab', { subnets, dhcp: server });
      await join('lab', 'a');
      const [pid = 0, ...more] = processes();
      expect(more).toEqual([]);
      process.kill(pid, 'SIGKILL');
      await until('it is gone', () => processes().length === 0);
      service = await opened.restart();
      expect(processes()).toHaveLength(1);
      expect(dhcp.ask('a')?.ip).toBe('10.9.0.2');
      // One that hears nothing any more is in nobody's way.
      if (server === 'kea') for (const one of processes()) process.kill(one, 'SIGSTOP');
      const changed = await service.networks.update(
        { ...wish, options: { ...wish.options, dhcp: other } },
        revision,
      );
      expect(running('kea-dhcp4')).toHaveLength(other === 'kea' ? 1 : 0);
      expect(dhcp.ask('a')?.ip).toBe('10.9.0.2');
      await service.networks.update(wish, changed.revision);
      expect(dhcp.ask('a')?.ip).toBe('10.9.0.2');
    });
  });

  /** Processes of dnsmasq in this room. */
  function dnsmasqs(): number[] {
    return running('dnsmasq');
  }

  function running(program: string): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && path.basename(commandOf(name).split('\0')[0] ?? '') === program)
      .map(Number);
  }

  function commandOf(pid: string): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
});
