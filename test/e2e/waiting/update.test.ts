import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, TestHost } from '../../support/host.ts';
import { domain, PrimaryServer } from '../../support/primary-server.ts';
import { until } from '../../support/until.ts';

const sites = `
caa: [{ tag: issue, value: ca.example.org }]
sites:
  helsinki: { gateway: [10.1.0.1, "fd00:1::1"], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [10.2.0.1], location: { latitude: 52.52, longitude: 13.4 } }
nodes:
  b1: { site: berlin, addresses: [10.2.0.11, "fd00:2::11"] }
  h1: { site: helsinki, addresses: [10.1.0.11] }
services:
`;
const service = (name: string, rest: string, ...nodes: readonly string[]) => {
  const copies = nodes.map((node) => `{ node: ${node}, address: 10.9.9.1, ports: { http: 8080 } }`);
  return `  shop/${name}: { ports: { http: { port: 80 } }, ${rest} copies: [${copies.join(', ')}] }\n`;
};
const web = service('web', '', 'b1');
const api = (...nodes: readonly string[]) => service('api', 'steer: direct,', ...nodes);

/** Before Heddle: the server's own name, and something that is not of the view. */
const zone = `@ 30 NS ns\nns 30 A 127.0.0.1\nold 30 A 10.9.9.9\nold 30 MX 10 mail.example.org.`;
const ownPort = 15_363;

describe.each([
  { program: 'named' as const, port: 15_361 },
  { program: 'knotd' as const, port: 15_362 },
])('$program in the place of the gateway', ({ program, port }) => {
  const host = new TestHost();
  const file = path.join(host.folder, 'edge.yaml');
  const server = new PrimaryServer(host, program, port, zone);
  let gateway: Running;
  const write = (...services: readonly string[]) => writeFileSync(file, sites + services.join(''));
  const start = (key: string, ...more: readonly string[]) => {
    const update = ['--dns-update', `127.0.0.1:${port}`, '--tsig-key', key];
    return host.start(
      'edge',
      'gateway',
      ...['-f', file, '--site', 'helsinki', '--proxy', 'none', ...update, ...more],
    );
  };
  /** Asks the gateway itself. */
  const own = async (name: string, type: string) => {
    const where = ['@127.0.0.1', '-p', String(ownPort), '+short', name, type];
    return (await host.run('kdig', where)).stdout.split('\n').filter(Boolean).sort();
  };
  const has = (name: string, type: string, ...data: readonly string[]) =>
    until(`${name} ${type} is ${data}`, async () => {
      return (await server.ask(`${name}.${domain}`, type)).join() === data.join();
    });

  beforeAll(async () => {
    write(web, api('b1'));
    await server.start();
    gateway = start(server.keyFile, '--listen', `127.0.0.1:${ownPort}`);
    await until('it was updated', () => gateway.printed().includes('zone updated'));
  });
  afterAll(() => host.remove());

  test('answers every name as the gateway does', async () => {
    const names = (await host.ok('edge', 'names', '-f', file)).match(/^\S+\.edge\.internal/gm) ?? [];
    expect(names.length).toBeGreaterThan(8);
    const asked = [
      domain,
      ...names,
      ...['web', 'api'].map((name) => `_http._tcp.${name}.shop.svc.${domain}`),
    ];
    for (const name of asked) {
      for (const type of ['A', 'AAAA', 'TXT', 'SRV', 'CAA']) {
        expect(`${name} ${type} ${await server.ask(name, type)}`).toBe(
          `${name} ${type} ${await own(name, type)}`,
        );
      }
    }
    expect(await server.dig(`api.shop.svc.${domain}`)).toMatch(/\s2\s+IN\s+A\s+10\.2\.0\.11/);
  });

  test('keeps its own SOA, NS and address, and nothing else that it had', async () => {
    expect(await server.ask(domain, 'NS')).toEqual([`ns.${domain}.`]);
    expect(await server.ask(`ns.${domain}`, 'A')).toEqual(['127.0.0.1']);
    expect(await server.dig(`old.${domain}`, 'MX')).toContain('NXDOMAIN');
  });

  test('answers anew a moment after a change, and forgets what went', async () => {
    write(web, api('h1'), service('new', '', 'b1'));
    await has('api.shop.svc', 'A', '10.1.0.11');
    await has('new.shop.svc', 'A', '10.1.0.1');
    await has('_http._tcp.api.shop.svc', 'SRV', `0 1 80 h1.node.${domain}.`);
    write(web, api('h1'));
    await until('it is gone', async () => (await server.dig(`new.shop.svc.${domain}`)).includes('NXDOMAIN'));
  });

  test('is set right when somebody else changed it', async () => {
    await server.change(
      `del web.shop.svc.${domain}. A`,
      `add api.shop.svc.${domain}. 30 A 10.66.6.6`,
      `add stranger.${domain}. 30 CNAME example.org.`,
    );
    await has('web.shop.svc', 'A', '10.1.0.1');
    await has('api.shop.svc', 'A', '10.1.0.11');
    expect(await server.dig(`stranger.${domain}`)).toContain('NXDOMAIN');
    expect(gateway.printed()).toContain('zone was changed from outside');
  });

  test('has what changed while it was down', async () => {
    await server.end();
    write(web, api('b1'));
    await until('it is missed', () => gateway.printed().includes('ERR_EDGE_UPDATE'));
    await server.restart();
    await has('api.shop.svc', 'A', '10.2.0.11');
  });

  test('refuses another key; the gateway says what to do', async () => {
    await gateway.end();
    const refused = async (name: string, message: RegExp) => {
      const { stdout } = await host.run('tsig-keygen', ['-a', 'hmac-sha256', name]);
      const key = path.join(host.folder, `${name}.key`);
      writeFileSync(key, stdout);
      const other = start(key);
      await until(`it says ${message}`, () => message.test(other.printed()));
      await other.end();
    };
    await refused('heddle', /ERR_EDGE_UPDATE.*give both the same key.*BADSIG/);
    await refused('stranger', /ERR_EDGE_UPDATE.*BADKEY: it has no key \\"stranger\\"/);
  });
});
