import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../support/edge-client.ts';
import { askRaw, gatewayAddress, http, ProxiedEdge, raw, service } from '../../support/proxied-edge.ts';
import { until } from '../../support/until.ts';

describe.each(['haproxy', 'nginx'])('a gateway with %s', (program) => {
  const edge = new ProxiedEdge(program);
  const { copies } = edge;
  beforeAll(() => edge.open());
  afterAll(() => edge.close());

  test('leads to the nearest copy, by each of its names and by path, and says who asked', async () => {
    for (const host of ['web.shop.svc.edge.internal', 'WEB.edge.internal.', 'web.edge.internal:80'])
      expect((await edge.ask({ host, path: '/a?b' })).body).toBe('b1 /a?b');
    expect((await ask({ address: gatewayAddress, path: '/web/a/b?c' })).body).toBe('b1 /a/b?c');
    expect(copies.b1.headers).toMatchObject({
      'x-forwarded-for': expect.stringMatching(/^127\./),
      'x-forwarded-proto': 'http',
      'x-forwarded-prefix': '/web',
    });
    expect((await ask({ address: gatewayAddress, path: '/web' })).status).toBe(308);
    expect(await askRaw(7000)).toContain('b1 /raw');
  });

  test('carries a WebSocket, over a change as well', async () => {
    const socket = new WebSocket(`ws://${gatewayAddress}/web/`);
    const heard: string[] = [];
    socket.onmessage = ({ data }) => heard.push(String(data));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    socket.send('one');
    await until('it is heard', () => heard.length === 1);
    edge.write(service('web', http, 'h1', 'b1', 'm1'), raw, service('more', http, 'm1'));
    await edge.leadsTo('h1');
    socket.send('two');
    await until('it is heard', () => heard.length === 2);
    expect(heard).toEqual(['b1 heard one', 'b1 heard two']);
    socket.close();
    edge.write(service('web', http, 'b1', 'm1'), raw);
    await edge.leadsTo('b1');
  });

  test('speaks HTTPS with certificates from files, and with new ones soon', async () => {
    const fetch = async () => {
      const trusted = ['--cacert', path.join(edge.certificates, 'edge.pem')];
      const where = ['--resolve', `web.edge.internal:443:${gatewayAddress}`];
      return (await edge.host.run('curl', ['-sS', ...trusted, ...where, 'https://web.edge.internal/x']))
        .stdout;
    };
    // For a moment after a change old workers of nginx take connections still.
    await until('it answers', async () => (await fetch()) === 'b1 /x');
    expect(copies.b1.headers['x-forwarded-proto']).toBe('https');
    edge.certify(3);
    await until('the new certificate is shown', async () => (await fetch()) === 'b1 /x');
  });

  test('lists every service, where it is, how far, and how it is reached', async () => {
    const { status, body } = await ask({ address: gatewayAddress });
    expect(status).toBe(200);
    expect(body).toContain('berlin, b1, 11.1 ms<br>madrid, m1, 29.5 ms, spare');
    expect(body).toContain('href="http://web.edge.internal/"');
    expect(body).toContain(`href="https://${gatewayAddress}/web/"`);
    expect(body).toContain('helsinki.gateway.edge.internal:7000');
    expect((await ask({ address: gatewayAddress, path: '/nope' })).status).toBe(404);
  });

  test('at a node leads to the copies there first, also of services that clients reach directly', async () => {
    const direct = service('db', http, 'b1', 'm1').replace('{ ports', '{ steer: direct, ports');
    edge.write(service('web', http, 'b1', 'm1'), raw, direct);
    const atNode = (name: string) => ['edge', 'proxy', '-f', edge.file, '--node', name, '--proxy', program];
    const node = edge.host.start(...atNode('m1'), '--metrics', '18983', '--certificates', edge.certificates);
    const there = { address: '127.83.3.1', host: 'db.edge.internal' };
    await edge.leadsTo('m1', there);
    await copies.m1.kill();
    await edge.leadsTo('b1', there);
    await copies.m1.start();
    await edge.leadsTo('m1', there);
    const shown = await (await fetch('http://127.0.0.1:18983/metrics')).text();
    expect(shown).toMatch(
      /^heddle_edge_certificate_not_after_timestamp_seconds\{node="m1",name="\S+"\} \d+$/m,
    );
    // nginx does not tell what it counts.
    const counts = program === 'haproxy' ? expect(shown) : expect(shown).not;
    counts.toMatch(/^heddle_edge_proxy_requests_total\{node="m1",service="shop\/db"\} [1-9]/m);
    await node.end();
    await expect(ask(there)).rejects.toThrow(/ECONNREFUSED/);
    const { code, stderr } = await edge.host.heddle(...atNode('m2'));
    expect(stderr).toContain('has no node "m2"');
    expect(code).toBe(1);
  });
});
