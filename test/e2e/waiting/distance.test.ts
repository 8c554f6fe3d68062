import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ViewCopy } from '../../../src/edge/view/view.ts';
import { TestHost } from '../../support/host.ts';
import { installedCommand, root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

// Two sites, each in a network namespace, joined by a wire. Madrid is declared to be far and is not; Barcelona has no gateway, and is
// so far that a busy machine, whose answers take milliseconds, makes nothing else nearest.

const addresses = { helsinki: '10.81.1.1', madrid: '10.81.1.2' };
type Site = keyof typeof addresses;
const file = `
sites:
  helsinki: { gateway: [${addresses.helsinki}], location: { latitude: 60.17, longitude: 24.94 } }
  madrid: { gateway: [${addresses.madrid}], location: { latitude: 40.42, longitude: -3.7 } }
  barcelona: { gateway: [10.81.1.3], location: { latitude: 41.39, longitude: 2.17 } }
nodes:
  m1: { site: madrid, addresses: [10.3.0.11] }
  b1: { site: barcelona, addresses: [10.2.0.11] }
services:
  api: { ports: { http: { port: 80 } }, steer: direct, copies: [${copy('m1')}, ${copy('b1')}] }
  log: { ports: { http: { port: 80 } }, steer: direct, policy: { weights: { barcelona: 13 } }, copies: [${copy('m1')}, ${copy('b1')}] }
  map: { ports: { http: { port: 80 } }, policy: { by: geography }, copies: [${copy('m1')}, ${copy('b1')}] }
`;

/** Nothing is at the copies' address, which a proxy would find out. */
const unproxied = ['--proxy', 'none'];

function copy(node: string): string {
  return `{ id: at-${node}, node: ${node}, address: 10.9.0.1 }`;
}

describe('gateways that measure', () => {
  const id = `heddle-test-${randomBytes(3).toString('hex')}`;
  let host: TestHost;
  const folder = (name: string) => path.join(host.folder, name);
  const ip = (...args: string[]) => execFileSync('ip', args);
  const inside = (site: Site, ...command: string[]) => [`--net=/run/netns/${id}-${site}`, '--', ...command];
  const start = (site: Site, ...args: string[]) =>
    host.launch('nsenter', inside(site, installedCommand, 'edge', ...args));
  const nodesAt = (site: Site, service = 'api') =>
    execFileSync(
      'nsenter',
      inside(site, 'kdig', `@${addresses[site]}`, '+short', `${service}.edge.internal`),
      {
        encoding: 'utf8',
      },
    ).trim();
  const explain = (service: string) => host.ok('edge', 'explain', service, '--at', 'helsinki');

  beforeEach(() => {
    host = new TestHost();
    writeFileSync(folder('edge.yaml'), file);
    for (const site of ['helsinki', 'madrid']) ip('netns', 'add', `${id}-${site}`);
    ip('-n', `${id}-helsinki`, 'link', 'add', 'wan', 'type', 'veth', 'peer', 'wan', 'netns', `${id}-madrid`);
    for (const [site, address] of Object.entries(addresses)) {
      ip('-n', `${id}-${site}`, 'address', 'add', `${address}/24`, 'dev', 'wan');
      for (const link of ['lo', 'wan']) ip('-n', `${id}-${site}`, 'link', 'set', link, 'up');
    }
  });
  afterEach(async () => {
    try {
      await host.remove();
    } finally {
      for (const site of ['helsinki', 'madrid']) ip('netns', 'delete', `${id}-${site}`);
    }
  });

  /** What a user sees once Helsinki knows how far Madrid is. */
  async function expectMeasured(): Promise<void> {
    await until('Madrid is measured', async () => /at-m1 .* chosen /.test(await explain('api')));
    expect(await explain('api')).toMatch(
      /^at-m1 +madrid +m1 +\d[\d.]* ms( ± [\d.]+)? +chosen +\d+\.\d ms away( ± \d+\.\d)?, measured; nearest$/m,
    );
    expect(await explain('api')).toMatch(
      /^at-b1 +barcelona +b1 +26(\.\d)? ms +spare +26(\.\d)? ms away, declared$/m,
    );
    expect(await explain('map')).toMatch(/^at-b1 .* chosen +26(\.\d)? ms away, declared; nearest$/m);
    const copies = await host.json<ViewCopy[]>('edge', 'explain', 'api', '--at', 'helsinki');
    expect(copies.map(({ node, basis }) => [node, basis])).toEqual([
      ['m1', 'measured'],
      ['b1', 'declared'],
    ]);
    expect(nodesAt('helsinki')).toBe('10.3.0.11');
  }

  test('lead clients by what they measured, and say so, with a file and a secret that they share', async () => {
    writeFileSync(folder('secret'), randomBytes(32));
    const file = ['-f', folder('edge.yaml')];
    const gateway = (site: Site) =>
      start(site, 'gateway', '--site', site, ...file, ...unproxied, '--echo-key', folder('secret'));
    gateway('helsinki');
    await until('Helsinki answers', () => nodesAt('helsinki') === '10.2.0.11');
    gateway('madrid');
    await expectMeasured();
    const declared = await host.ok('edge', 'explain', 'api', '--at', 'helsinki', ...file);
    expect(declared).toMatch(/^at-b1 .* chosen +26(\.\d)? ms away, declared; nearest$/m);
  });

  /** Mosquitto at Madrid, with the configuration of the package and a certificate of the authority. */
  async function startMosquitto(): Promise<void> {
    cpSync(path.join(root, 'packaging', 'mosquitto'), folder('broker'), { recursive: true });
    const text = readFileSync(folder('broker/heddle.conf'), 'utf8');
    // Root reads the key here; a distribution's unit has a user of its own.
    const own = `${text.replaceAll('/etc/heddle/broker', folder('broker'))}user root\npersistence_location ${folder('broker')}/\n`;
    writeFileSync(folder('broker/heddle.conf'), own);
    const running = host.launch('nsenter', inside('madrid', 'mosquitto', '-c', folder('broker/heddle.conf')));
    await until('Mosquitto listens', () => running.printed().includes('listen socket on port 8883'));
  }

  test.each([
    ['it starts again', 'its own broker'],
    ['another takes over', 'Mosquitto'],
  ])('tell the controller, which leads clients by it, also when %s at %s', async (_, kind) => {
    const isOwn = kind === 'its own broker';
    const ca = (...args: string[]) => host.ok('edge', 'ca', ...args, '--dir', folder('ca'));
    await ca('init');
    await ca('issue', 'controller', '--host', addresses.madrid, '--out', folder('controller'));
    for (const site of Object.keys(addresses)) await ca('issue', `gateway:${site}`, '--out', folder(site));
    const broker = ['--broker', `mqtts://${addresses.madrid}`];
    if (!isOwn) {
      await ca('issue', 'broker', '--host', addresses.madrid, '--out', folder('broker'));
      await startMosquitto();
    }
    const startController = (state: string) => {
      const folders = ['--tls', folder('controller'), '--state', folder(state)];
      return start('madrid', 'controller', '-f', folder('edge.yaml'), ...folders, ...(isOwn ? [] : broker));
    };
    const controller = startController('one');
    const startGateway = (site: Site) =>
      start(site, 'gateway', '--site', site, '--tls', folder(site), ...unproxied, ...broker);
    const helsinki = startGateway('helsinki');
    startGateway('madrid');
    await expectMeasured();
    // Barcelona was nearest before Madrid was measured. With its weight it counts as 2 ms away: farther than Madrid, and not by
    // the 2 ms that a change takes, however fast this machine is.
    const isKept = async () => /^at-b1 .* chosen .*; kept: madrid is/m.test(await explain('log'));
    await until('clients stay at Barcelona', isKept);
    await until('the controller keeps it', () =>
      readFileSync(folder('one/distances.json'), 'utf8').includes('"default/log":"barcelona"'),
    );
    const timesUpToDate = () =>
      helsinki.printed().split('in contact with the controller: DNS answers are up to date').length;
    const before = timesUpToDate();
    await controller.end('SIGKILL');
    startController(isOwn ? 'one' : 'two');
    const answered = new Set<string>();
    await until('Helsinki hears it again', () => {
      answered.add(`${nodesAt('helsinki')} ${nodesAt('helsinki', 'log')}`);
      return timesUpToDate() > before;
    });
    answered.add(`${nodesAt('helsinki')} ${nodesAt('helsinki', 'log')}`);
    expect([...answered]).toEqual(['10.3.0.11 10.2.0.11']);
    expect(await isKept()).toBe(true);
  });
});
