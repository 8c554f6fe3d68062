import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AcmeServer } from '../../support/acme-server.ts';
import { EdgeCopy } from '../../support/edge-copy.ts';
import { type Running, TestHost } from '../../support/host.ts';
import { until } from '../../support/until.ts';

const addresses = { helsinki: '127.87.0.1', berlin: '127.87.0.2', madrid: '127.87.0.3' };
type Site = keyof typeof addresses;
const dnsPort = 15_387;
/** Seconds that a certificate holds which is to be renewed soon. */
const life = 20;
const service = (name: string) =>
  `  shop/${name}: { ports: { main: { port: 80, application: http } }, copies: [{ node: b1, address: 127.87.2.1, ports: { main: 8080 } }] }`;

describe('gateways with an ACME server', () => {
  const host = new TestHost({
    PEBBLE_VA_NOSLEEP: '1',
    // A third of all nonces is refused, and every name is asked for each time.
    PEBBLE_WFE_NONCEREJECT: '33',
    PEBBLE_AUTHZREUSE: '0',
  });
  const edgeFile = path.join(host.folder, 'edge.yaml');
  const copy = new EdgeCopy('b1', '127.87.2.1');
  const lasting = new AcmeServer(host, 15_388);
  const brief = new AcmeServer(host, 15_390);
  const closed = new AcmeServer(host, 15_392);

  const write = (...names: readonly string[]) => {
    const sites = Object.entries(addresses).map(([site, address]) => `  ${site}: { gateway: [${address}] }`);
    const nodes = 'nodes: { b1: { site: berlin, addresses: [127.87.2.1] } }';
    writeFileSync(edgeFile, ['sites:', ...sites, nodes, 'services:', ...names.map(service)].join('\n'));
  };
  const argumentsAt = (site: Site, server: AcmeServer, ...more: readonly string[]) => [
    ...['edge', 'gateway', '-f', edgeFile, '--site', site, '--listen', `${addresses[site]}:${dnsPort}`],
    ...['--acme', server.directory, '--acme-ca', server.ca, ...more],
  ];
  const start = (site: Site, server: AcmeServer, ...more: readonly string[]) =>
    host.start(...argumentsAt(site, server, '--acme-accept-terms', ...more));
  const certificatesIn = (site: Site) => {
    const folder = path.join(host.stateDir, 'edge', site, 'acme');
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
  };
  /** What a client gets that trusts the server's root and nobody else. */
  const fetch = async (site: Site, name: string, server: AcmeServer) => {
    const trusted = ['--cacert', await server.root()];
    const where = ['--resolve', `${name}:443:${addresses[site]}`];
    return (await host.run('curl', ['-sS', ...trusted, ...where, `https://${name}/x`])).stdout;
  };
  const isServed = (site: Site, name: string, server: AcmeServer) =>
    until(`${site} serves ${name}`, async () => (await fetch(site, name, server)) === 'b1 /x');
  const issued = (gateway: Running) => gateway.printed().match(/a certificate was issued/g)?.length ?? 0;

  beforeAll(async () => {
    write('web');
    await Promise.all([
      copy.start(),
      // It knows one gateway only, which answers with its own address for names that all of them have.
      lasting.start(`${addresses.helsinki}:${dnsPort}`, 3600),
      brief.start(`${addresses.madrid}:${dnsPort}`, life),
    ]);
  });
  afterAll(async () => {
    await host.remove();
    await copy.kill();
  });

  let helsinki: Running;

  test('each gets certificates of its own, also through one that the server takes for it', async () => {
    helsinki = start('helsinki', lasting);
    await isServed('helsinki', 'web.edge.internal', lasting);
    const berlin = start('berlin', lasting, '--proxy', 'nginx');
    await isServed('berlin', 'web.edge.internal', lasting);
    await isServed('berlin', 'web.shop.svc.edge.internal', lasting);
    await isServed('berlin', 'web.berlin.site.edge.internal', lasting);
    const [here, there] = await Promise.all(
      (['helsinki', 'berlin'] as const).map((site) => shown(addresses[site], 'web.edge.internal')),
    );
    expect(here).not.toBe(there);
    const files = certificatesIn('helsinki');
    expect(files.map((file) => path.basename(file)).sort()).toEqual([
      'account.key',
      'gateway.pem',
      'shop.web.pem',
    ]);
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(helsinki.printed() + berlin.printed()).not.toContain('PRIVATE');
    await berlin.end();
  });

  test('a service that comes gets one; a gateway that starts again orders nothing anew', async () => {
    const before = await shown(addresses.helsinki, 'web.edge.internal');
    write('web', 'more');
    await isServed('helsinki', 'more.edge.internal', lasting);
    expect(issued(helsinki)).toBe(3);
    await helsinki.end();
    helsinki = start('helsinki', lasting);
    await isServed('helsinki', 'more.edge.internal', lasting);
    expect(await shown(addresses.helsinki, 'web.edge.internal')).toBe(before);
    expect(issued(helsinki)).toBe(0);
    await helsinki.end();
  });

  test('they are renewed without a request lost; while the server is away the old one stays', async () => {
    write('web');
    const name = 'web.edge.internal';
    const madrid = start('madrid', brief, '--acme-name', name);
    await isServed('madrid', name, brief);
    const first = await shown(addresses.madrid, name);
    const root = readFileSync(await brief.root(), 'utf8');
    const failures: string[] = [];
    const isOther = async () => {
      const asked = Array.from({ length: 4 }, () =>
        shown(addresses.madrid, name, root).catch((error: Error) => failures.push(error.message)),
      );
      return (await Promise.all(asked)).every((serial) => serial !== first);
    };
    await until('another is shown', isOther, undefined, 5);
    expect(failures).toEqual([]);
    const second = await shown(addresses.madrid, name);
    await brief.end();
    await until('it says so', () => madrid.printed().includes('cannot be reached'));
    expect(madrid.printed()).toMatch(
      /"code":"ERR_EDGE_ACME".*ECONNREFUSED.*; the one that holds until .* stays/,
    );
    expect(await shown(addresses.madrid, name, root)).toBe(second);
    // It comes back without the accounts that it had.
    await brief.start(`${addresses.madrid}:${dnsPort}`, life);
    await isServed('madrid', name, brief);
    await madrid.end();
  });

  test('a server that knows its customers is told who asks, by a key that is in a file', async () => {
    const secret = Buffer.from('what the customer was told on paper').toString('base64url');
    const key = path.join(host.folder, 'eab.key');
    await closed.start(`${addresses.helsinki}:${dnsPort}`, 3600, { 'customer-7': secret });
    const wanted = ['--acme-name', 'web.edge.internal'];
    const stranger = start('helsinki', closed, ...wanted);
    await until('it says so', () => stranger.printed().includes('wants an account made elsewhere'));
    await stranger.end();
    writeFileSync(key, Buffer.from('what somebody made up instead of it').toString('base64url'));
    const impostor = start(
      'helsinki',
      closed,
      ...wanted,
      '--acme-eab-kid',
      'customer-7',
      '--acme-eab-key',
      key,
    );
    await until('it is refused', () => /"code":"ERR_EDGE_ACME".*refuses/.test(impostor.printed()));
    await impostor.end();
    writeFileSync(key, secret);
    const gateway = start(
      'helsinki',
      closed,
      ...wanted,
      '--acme-eab-kid',
      'customer-7',
      '--acme-eab-key',
      key,
    );
    await isServed('helsinki', 'web.edge.internal', closed);
    expect(gateway.printed()).not.toContain(secret);
    await gateway.end();
    const half = await host.heddle(...argumentsAt('helsinki', closed, '--acme-eab-kid', 'customer-7'));
    expect(half.stderr).toContain('--acme-eab-key');
  });

  test('what cannot be is said', async () => {
    const gateway = host.start(...argumentsAt('helsinki', lasting, '--acme-name', 'db.edge.internal'));
    await until('it says so', () => gateway.printed().includes('db.edge.internal leads to no live copy'));
    await gateway.end();
    const stubborn = host.start(...argumentsAt('helsinki', brief));
    await until('it says so', () => stubborn.printed().includes('has terms that are not accepted yet'));
    await stubborn.end();
    const both = await host.heddle(...argumentsAt('helsinki', lasting, '--certificates', host.folder));
    expect(both.stderr).toContain('not from both');
    const site = ['edge', 'gateway', '-f', edgeFile, '--site', 'helsinki'];
    const plain = await host.heddle(...site, '--acme', 'http://ca.example.org');
    expect(plain.stderr).toContain('is not the URL of an ACME server');
  });
});

/** Asks for a page; the serial number of what is shown. With a root: to one that trusts it, and nobody else. */
function shown(address: string, servername: string, ca?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const headers = { host: servername };
    get({ host: address, servername, headers, agent: false, ...options }, (response) => {
      const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
      response.on('error', reject).resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve(serialNumber);
        else reject(new Error(`status ${response.statusCode}`));
      });
    }).on('error', reject);
  });
}
