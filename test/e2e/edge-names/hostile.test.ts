import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayAddress, http, ProxiedEdge, raw, service } from '../../support/proxied-edge.ts';
import { until } from '../../support/until.ts';

/** What one of them says is believed. */
const trusted = '127.83.9.1';
const stranger = '127.83.8.1';
const atMost = 20;

interface Sent {
  readonly from?: string;
  readonly to?: string;
  readonly line?: string;
  readonly headers: readonly string[];
  readonly body?: string;
}

/** Sends a request as it is written; the status that comes back, or nothing. */
function send({ from = stranger, to = gatewayAddress, line = 'GET / HTTP/1.1', headers, body = '' }: Sent) {
  return new Promise<string>((resolve) => {
    const socket = connect({ host: to, port: 80, localAddress: from });
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(/^HTTP\/1\.[01] (\d+)/.exec(answer)?.[1] ?? '');
    };
    socket.setTimeout(5000, end).on('error', end).on('close', end);
    socket.on('data', (bytes) => {
      answer += bytes;
      if (answer.includes('\r\n\r\n')) end();
    });
    socket.write(`${[line, ...headers].join('\r\n')}\r\n\r\n${body}`);
  });
}

const host = 'Host: web.edge.internal';

describe.each(['haproxy', 'nginx'])('behind a gateway with %s', (program) => {
  const edge = new ProxiedEdge(program, '--trusted-proxy', trusted, '--client-connections', String(atMost));
  const { b1, h1, m1 } = edge.copies;
  const told = (copy = b1) =>
    Object.fromEntries(Object.entries(copy.headers).filter(([name]) => !/^(host|connection)$/.test(name)));
  beforeAll(async () => {
    await edge.open();
    edge.write(service('web', http, 'b1'), service('admin', http, 'm1'), raw);
    await edge.leadsTo('m1', { host: 'admin.edge.internal' });
  });
  afterAll(() => edge.close());

  test('a service is told who asked by the proxy alone', async () => {
    const claims = ['For', 'Host', 'Proto', 'Port', 'Server', 'Prefix', 'By', 'Client-Cert', 'Ssl', 'User'];
    const headers = [
      host,
      ...claims.map((name) => `X-Forwarded-${name}: lie`),
      ...['X-Real-IP', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP', 'Via'].map(
        (name) => `${name}: lie`,
      ),
      ...['Forwarded: for=6.6.6.6', 'forwarded: host=lie', 'Proxy: http://lie', 'X-Original-URL: /admin'],
      ...['X_Forwarded_For: lie', 'X_Real-IP: lie', 'X.Forwarded.Host: lie', 'x-forwarded-for: lie'],
      ...[
        'Proxy-Connection: lie',
        'Connection: close, X-Forwarded-For, X-Forwarded-Proto, Host',
        'Api-Key: stays',
      ],
    ];
    expect(await send({ headers })).toBe('200');
    expect(told()).toEqual({ 'x-forwarded-for': stranger, 'x-forwarded-proto': 'http', 'api-key': 'stays' });
    expect(b1.headers.connection ?? '').not.toMatch(/forwarded|host/i);
  });

  test('what a trusted proxy in front says is passed on, with its own address behind', async () => {
    const said = ['X-Forwarded-For: 192.0.2.7', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example'];
    expect(await send({ from: trusted, headers: [host, ...said, 'Proxy: http://lie'] })).toBe('200');
    expect(told()).toEqual({
      'x-forwarded-for': `192.0.2.7, ${trusted}`,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
    });
    expect(await send({ from: trusted, headers: [host] })).toBe('200');
    expect(told()).toEqual({ 'x-forwarded-for': trusted, 'x-forwarded-proto': 'http' });
  });

  test('HTTP/2 makes no difference', async () => {
    const session = connectHttp2(`https://${gatewayAddress}`, { rejectUnauthorized: false });
    const asked = { ':path': '/', ':authority': 'web.edge.internal', host: 'admin.edge.internal' };
    const stream = session.request({
      ...asked,
      'x-forwarded-for': 'lie',
      forwarded: 'for=lie',
      x_real_ip: 'lie',
    });
    const status = await new Promise((resolve) => {
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.on('error', () => resolve('refused'));
    });
    session.destroy();
    // One that names two hosts may be refused.
    expect([200, 400, 'refused']).toContain(status);
    expect(m1.headers['x-forwarded-proto']).not.toBe('https');
    if (status === 200) {
      expect(told()).toEqual({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' });
      expect(b1.headers.host).toBe('web.edge.internal');
    }
  });

  test.runIf(program === 'haproxy')('a WebSocket over HTTP/2 passes', async () => {
    const session = connectHttp2(`https://${gatewayAddress}`, { rejectUnauthorized: false });
    await once(session, 'remoteSettings');
    const asked = { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':path': '/' };
    const stream = session.request({
      ...asked,
      ':authority': 'web.edge.internal',
      'sec-websocket-version': '13',
    });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    session.destroy();
    expect(headers[':status']).toBe(200);
  });

  test('no upgrade to h2c is passed on; one to a WebSocket is', async () => {
    const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    expect(await send({ headers: [host, ...h2c] })).toBe('200');
    expect(told()).toEqual({ 'x-forwarded-for': stranger, 'x-forwarded-proto': 'http' });
    const socket = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'];
    const upgrade = ['Connection: keep-alive, Upgrade', 'Upgrade: WebSocket'];
    expect(await send({ headers: [host, ...socket, ...upgrade] })).toBe('101');
  });

  const admin = 'admin.edge.internal';
  const length = 'Content-Length: 4';
  const chunked = 'Transfer-Encoding: chunked';
  test.each<[string, Partial<Sent>]>([
    ['two hosts', { headers: [host, `Host: ${admin}`] }],
    ['two hosts in one', { headers: [`${host}, ${admin}`] }],
    ['two hosts in one without a space', { headers: [`${host},${admin}`] }],
    ['another host in the request line', { line: `GET http://${admin}/ HTTP/1.1`, headers: [host] }],
    ['a user who is a host', { headers: [`Host: ${admin}@web.edge.internal`] }],
    ['an empty label', { headers: ['Host: web..edge.internal'] }],
    ['a port that is none', { headers: [`${host}:x`] }],
    ['a host over two lines', { headers: [host, ` ,${admin}`] }],
    ['no host', { headers: [] }],
    ['two lengths', { line: 'POST / HTTP/1.1', headers: [host, 'Content-Length: 0', length], body: 'abcd' }],
    ['a length and chunks', { line: 'POST / HTTP/1.1', headers: [host, length, chunked], body: '0\r\n\r\n' }],
    [
      'chunks that are none',
      { line: 'POST / HTTP/1.1', headers: [host, `${chunked}, identity`], body: '0\r\n\r\n' },
    ],
    ['a space before the colon', { headers: [host, 'X-Forwarded-For : lie'] }],
    ['CONNECT', { line: `CONNECT ${admin}:80 HTTP/1.1`, headers: [`Host: ${admin}:80`] }],
    ['TRACE', { line: 'TRACE / HTTP/1.1', headers: [host] }],
  ])('a request with %s is refused, or is one to the first', async (_, sent) => {
    const before = [b1.answered, m1.answered];
    const status = await send({ headers: [], ...sent });
    expect(status).toMatch(/^(200|400|405|501)$/);
    if (status === '200') {
      expect(b1.headers.host).toBe('web.edge.internal');
      expect(b1.headers['content-length'] ?? '').not.toBe('4');
    }
    expect([b1.answered - (status === '200' ? 1 : 0), m1.answered]).toEqual(before);
  });

  test('one client has so many connections, and the others theirs', async () => {
    // Of those that have not asked for anything yet, nginx counts none, and takes them back when it needs their places.
    const idle = Array.from({ length: atMost + 15 }, () =>
      connect({ host: gatewayAddress, port: 80, localAddress: '127.83.8.3' }).on('error', () => {}),
    );
    if (program === 'haproxy')
      await until('those over the limit are closed', () => idle.filter(({ closed }) => closed).length >= 15);
    expect(await send({ from: '127.83.8.2', headers: [host] })).toBe('200');
    for (const socket of idle) socket.destroy();
    const slow = { line: 'GET /slow HTTP/1.1', headers: [host] };
    const all = Promise.all(Array.from({ length: atMost + 15 }, () => send(slow)));
    expect(await send({ from: '127.83.8.2', headers: [host] })).toBe('200');
    expect((await all).filter((status) => status === '200').length).toBeLessThanOrEqual(atMost);
    const many = Array.from({ length: atMost + 15 }, () => send({ from: trusted, ...slow }));
    expect((await Promise.all(many)).filter((status) => status !== '200')).toEqual([]);
    await until('it is served again', async () => (await send({ headers: [host] })) === '200');
  });

  test('through a gateway and the proxy of a node, the service learns of the client', async () => {
    const node = '127.83.3.1';
    const file = `${edge.host.folder}/node.yaml`;
    // Whatever the gateway sends on comes from 127.0.0.1 here, which is the address of a gateway in this file.
    edge.write(service('web', http, 'h1'));
    edge.copyFile(file, (text) => text.replace('gateway: [127.83.0.2]', 'gateway: [127.0.0.1]'));
    const proxy = edge.host.start('edge', 'proxy', '-f', file, '--node', 'm1', '--proxy', program);
    await edge.leadsTo('h1', { address: node });
    edge.write(service('web', http, 'm1').replace('ports: { main: 8080 }', 'ports: { main: 80 }'));
    await until('it is led by both', async () => {
      await send({ headers: [host, 'X-Forwarded-For: lie'] });
      return String(h1.headers['x-forwarded-for']).includes(',');
    });
    expect(told(h1)).toEqual({ 'x-forwarded-for': `${stranger}, 127.0.0.1`, 'x-forwarded-proto': 'http' });
    await send({ to: node, headers: [host, 'X-Forwarded-For: lie'] });
    expect(told(h1)).toEqual({ 'x-forwarded-for': stranger, 'x-forwarded-proto': 'http' });
    await proxy.end();
  });
});
