import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { paperNetworking } from '../../test/support/paper-networking.ts';
import { Authority } from '../edge/ca/authority.ts';
import { pemBlocks, writeCredentials } from '../edge/ca/credentials.ts';
import type { Endpoint } from '../edge/listen/endpoint.ts';
import { createLog } from '../lib/log.ts';
import { NodeClient } from './client.ts';
import type { ExecInput } from './contracts/exec.ts';
import { NetworkingClient } from './networking-client.ts';
import type { NodeService } from './node-service.ts';
import { applicationRoutes } from './routes/applications.ts';
import { containerRoutes } from './routes/containers.ts';
import { networkRoutes } from './routes/networks.ts';
import { SecureServer } from './secure-server.ts';
import { group } from './server.ts';
import { type ClientCredentials, TlsTransport } from './tls-transport.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-secure-'));
const at = (...names: string[]) => path.join(folder, ...names);
const text = (...names: string[]) => readFileSync(at(...names), 'utf8');
const files = {
  cert: at('api', 'cert.pem'),
  key: at('api', 'key.pem'),
  ca: at('api', 'ca.crt'),
  crl: at('api', 'crl.pem'),
};
const lines: string[] = [];
const log = createLog('info', (line) => lines.push(line));
const networking = paperNetworking();
const applications = {
  status: async () => [],
  exec: async function* (_project: string, inputs: AsyncIterable<ExecInput>) {
    for await (const { type } of inputs) yield { type: 'output', stream: 'stdout', data: type };
  },
} as unknown as NodeService;

let authority: Authority;
let server: SecureServer;
const sockets: TLSSocket[] = [];

beforeAll(async () => {
  authority = await Authority.create(at('ca'));
  await issue('api:one', ['127.0.0.1']);
  for (const name of ['operator:ann', 'operator:bob', 'gateway:oulu']) await issue(name);
  const other = await Authority.create(at('other-ca'));
  writeCredentials(at('stranger'), await other.issue('operator:ann', [], 30));
  const past = Date.now() - 3 * 86_400_000;
  writeCredentials(at('expired'), await authority.issue('operator:eve', [], 1, past));
  server = serverAt({ address: '127.0.0.1', port: 0 });
  await server.start();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const serverAt = (listen: Endpoint, bodyTime?: number) =>
  new SecureServer({
    ...(bodyTime !== undefined && { bodyTime }),
    listen,
    files,
    groups: [group(networkRoutes, { networking, archetypes: () => [] })],
    ofNodes: [group(applicationRoutes, applications, 2 << 20), group(containerRoutes, applications)],
    log,
  });

async function issue(subject: string, hosts: string[] = []): Promise<void> {
  const name = subject.startsWith('api:') ? 'api' : subject.slice(subject.indexOf(':') + 1);
  writeCredentials(at(name), await authority.issue(subject, hosts, 30));
}

const credentials = (name: string): ClientCredentials => ({
  ca: text('api', 'ca.crt'),
  cert: text(name, 'cert.pem'),
  key: text(name, 'key.pem'),
});
const url = () => `https://127.0.0.1:${server.endpoint?.port}`;
const clientOf = (name: string, more: Partial<ClientCredentials> = {}) =>
  new NetworkingClient(new TlsTransport(url(), { ...credentials(name), ...more }));

async function dial(options: ConnectionOptions): Promise<TLSSocket> {
  const where = { host: '127.0.0.1', port: server.endpoint?.port ?? 0, ca: text('api', 'ca.crt') };
  const socket = connect({ ...where, ...options });
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

/** What a client hears that says all the same what it wants; nothing of it is HTTP when it is refused. */
async function heard(options: ConnectionOptions): Promise<string> {
  let said = '';
  const socket = connect({
    host: '127.0.0.1',
    port: server.endpoint?.port ?? 0,
    ca: text('api', 'ca.crt'),
    ...options,
  });
  sockets.push(socket);
  socket.on('data', (bytes) => {
    said += bytes;
  });
  socket.on('error', () => {});
  socket.write('GET /v1/networks HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

test('an operator makes, lists and removes networks and endpoints, and is named in the log', async () => {
  const ann = clientOf('ann');
  expect(await ann.networks.create({ name: 'lab', archetype: 'ip' })).toMatchObject({ name: 'lab' });
  const attachment = { kind: 'namespace', path: '/run/netns/a', interface: 'eth0' } as const;
  await ann.endpoints('lab').create({ name: 'a', attachment });
  expect((await clientOf('bob').networks.list()).map(({ name }) => name)).toEqual(['lab']);
  await ann.endpoints('lab').delete('a');
  await ann.networks.delete('lab');
  expect(lines.join('\n')).toMatch(/operator:ann.*POST.*\/v1\/networks/);
});

test('a refusal is the API’s own, and other parts of the API are not there', async () => {
  await expect(clientOf('ann').networks.read('none')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
  const socket = await dial(credentials('ann'));
  const all = ['/v1/node', '/v1/applications', '/metrics'].map((one) => `GET ${one} HTTP/1.1\r\nHost: n\r\n`);
  socket.write(`${all.join('\r\n')}Connection: close\r\n\r\n`);
  let said = '';
  for await (const bytes of socket) said += bytes;
  expect(said.match(/HTTP\/1\.1 404 /g)).toHaveLength(3);
});

test.each([
  ['none', () => ({})],
  ['one of another authority', () => credentials('stranger')],
  ['one that ran out', () => credentials('expired')],
  ['one of another role', () => credentials('oulu')],
  ['one, and TLS 1.2', () => ({ ...credentials('ann'), maxVersion: 'TLSv1.2' as const })],
])('who has %s hears nothing of HTTP', async (_what, options) => {
  expect(await heard({ ...options(), ca: text('api', 'ca.crt') })).toBe('');
});

test('clear HTTP is no way in', async () => {
  await expect(fetch(url().replace('https', 'http'))).rejects.toThrow();
});

test('who is refused is told what of, and nobody is asked who is not of the authority', async () => {
  const refused = { code: 'ERR_NODE_TLS' };
  for (const name of ['stranger', 'expired', 'oulu'])
    await expect(clientOf(name).networks.list()).rejects.toMatchObject(refused);
  await expect(clientOf('ann', { ca: text('other-ca', 'ca.crt') }).networks.list()).rejects.toMatchObject(
    refused,
  );
  const elsewhere = new TlsTransport(url().replace('127.0.0.1', 'localhost'), credentials('ann'));
  await expect(new NetworkingClient(elsewhere).networks.list()).rejects.toMatchObject(refused);
});

test('a session is not taken up again: each connection shows a certificate that holds', async () => {
  const first = await dial(credentials('ann'));
  const sessions: Buffer[] = [];
  first.on('session', (session) => sessions.push(session));
  first.write('GET /v1/networks HTTP/1.1\r\nHost: n\r\n\r\n');
  await once(first, 'data');
  const second = await dial({ ...credentials('ann'), session: sessions[0] ?? first.getSession() });
  expect(second.isSessionReused()).toBe(false);
});

test('a request that is too large is refused', async () => {
  const labels = { much: 'x'.repeat(1 << 20) };
  await expect(clientOf('ann').networks.create({ name: 'lab', archetype: 'ip', labels })).rejects.toThrow(
    'a request has at most 1 MiB',
  );
});

describe('what is for other nodes alone', () => {
  const asking = (name: string, subject?: string) =>
    new NodeClient(new TlsTransport(url(), credentials(name), subject));

  test('is answered to a node, which is one by its certificate', async () => {
    expect(await asking('api').status('shop')).toEqual([]);
    expect(await asking('api', 'api:one').status('shop')).toEqual([]);
  });

  test('is not there for an operator, by whatever method', async () => {
    await expect(asking('ann').status('shop')).rejects.toMatchObject({ code: 'ERR_NODE_VERSION' });
    await expect(asking('ann').down('shop', {}).next()).rejects.toMatchObject({ code: 'ERR_NODE_VERSION' });
    const socket = await dial(credentials('ann'));
    socket.write('HEAD /v1/applications/shop HTTP/1.1\r\nhost: a\r\n\r\n');
    const [head] = await once(socket, 'data');
    expect(String(head)).toMatch(/^HTTP\/1.1 404/);
  });

  test('is not asked of one that is another than was meant', async () => {
    await expect(asking('api', 'api:two').status('shop')).rejects.toMatchObject({
      code: 'ERR_NODE_TLS',
      message: expect.stringContaining('who answers is api:one, and not api:two'),
    });
  });
});

test('a request is sent within its time, but for what is sent by and by', async () => {
  const hasty = serverAt({ address: '127.0.0.1', port: 0 }, 200);
  await hasty.start();
  const port = hasty.endpoint?.port ?? 0;
  const inputs = new PassThrough({ objectMode: true });
  const client = new NodeClient(new TlsTransport(`https://127.0.0.1:${port}`, credentials('api')));
  const session = client.exec('shop', inputs);
  inputs.write({ type: 'run', service: 'web', command: ['cat'] });
  expect((await session.next()).value).toMatchObject({ data: 'run' });
  const slow = await dial({ ...credentials('ann'), port });
  const closed = once(
    slow.on('error', () => {}),
    'close',
  );
  slow.write(
    'POST /v1/networks HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  );
  await closed;
  inputs.end({ type: 'resize', rows: 1, columns: 1 });
  expect((await session.next()).value).toMatchObject({ data: 'resize' });
  expect((await session.next()).done).toBe(true);
  await hasty.stop();
});

test('a certificate that was renewed is shown from the next connection on, and nobody is sent away', async () => {
  const before = await dial(credentials('ann'));
  const serial = () =>
    dial(credentials('ann')).then((socket) => socket.getPeerX509Certificate()?.serialNumber);
  const former = await serial();
  // Half of it, for a moment.
  const renewed = await authority.renew('api:one', 30);
  writeFileSync(files.cert, renewed.certificate);
  writeFileSync(files.key, renewed.key);
  await expect.poll(serial).not.toBe(former);
  const { port } = server.endpoint ?? {};
  const { validTo } = new X509Certificate(renewed.certificate);
  const expires = new Date(validTo).toISOString();
  expect(server.status).toEqual({ listen: `127.0.0.1:${port}`, listening: true, expires, reason: null });
  expect(before.destroyed).toBe(false);
});

test('who is revoked is sent away at once, and does not come again', async () => {
  const socket = await dial(credentials('bob'));
  const closed = once(
    socket.on('error', () => {}),
    'close',
  );
  await authority.revoke('operator:bob', false);
  writeFileSync(files.crl, text('ca', 'crl.pem'));
  await closed;
  await expect(clientOf('bob').networks.list()).rejects.toMatchObject({ code: 'ERR_NODE_TLS' });
  expect(await clientOf('ann', { crl: pemBlocks(text('ca', 'crl.pem')) }).networks.list()).toEqual([]);
});

test('files that are wrong change nothing, and a place that is taken is said', async () => {
  const before = text('api', 'cert.pem');
  writeFileSync(files.cert, 'nothing');
  await expect.poll(() => lines.join('\n')).toMatch(/the last stay in use/);
  expect(await clientOf('ann').networks.list()).toEqual([]);
  expect(server.status).toMatchObject({ listening: true, reason: expect.stringContaining('cert.pem') });
  writeFileSync(files.cert, before);
  await expect.poll(() => server.status.reason).toBeNull();
  const second = serverAt({ address: '127.0.0.1', port: server.endpoint?.port ?? 0 });
  await second.start();
  expect(second.endpoint).toBeUndefined();
  expect(lines.at(-1)).toMatch(
    /the API cannot listen on 127\.0\.0\.1:\d+ \(TCP\): another program listens there/,
  );
  expect(second.status).toMatchObject({
    listen: `127.0.0.1:${server.endpoint?.port}`,
    listening: false,
    reason: expect.stringContaining('another program listens there'),
  });
  await second.stop();
});
