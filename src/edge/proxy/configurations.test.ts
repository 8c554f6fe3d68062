import { describe, expect, test } from 'vitest';
import { copyOn, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { currentView, type ServiceView } from '../view/view.ts';
import type { Wanted } from './driver.ts';
import { configuration as forHaproxy } from './haproxy/config.ts';
import { configuration as forNginx } from './nginx/config.ts';
import { routesOf } from './routes.ts';

const surroundings = { folder: '/run/proxy', user: 'somebody' };
const here = copyOn('h1', 'helsinki', { address: 'fd00::9' });
const web = (rest: Partial<ServiceView> = {}) =>
  serviceOf('web', { steer: 'gateway', bySite: false, copies: [here], ...rest });

function wanted(rest: Partial<Wanted> = {}, ...services: readonly ServiceView[]): Wanted {
  const all = Object.fromEntries(services.map((one) => [`${one.namespace}/${one.name}`, one]));
  const routes = routesOf(currentView({ ...snapshotOf().view, services: all }), {
    tls: false,
    balance: true,
  });
  const listen = new Map(routes.listeners.map(({ port }) => [port, ['10.1.0.1', 'fd00:1::1']]));
  return {
    routes,
    listen,
    help: { address: '127.0.0.1', port: 4000 },
    helpPaths: [],
    certificates: [],
    clients: { trusted: [], connections: 1000 },
    ...rest,
  };
}

describe('HAProxy is told', () => {
  const told = (...args: Parameters<typeof wanted>) => forHaproxy(wanted(...args), surroundings);

  test('where to listen, which hosts and paths lead where, and which servers there are', () => {
    const { files } = told({}, web());
    expect(files['haproxy.cfg']).toContain('bind 10.1.0.1:80\n    bind [fd00:1::1]:80\n');
    expect(files['haproxy.cfg']).toMatch(/server active_fd00::9_8080 \[fd00::9\]:8080 check /);
    const names = ['web.shop.svc.edge.internal', 'web.shop.svc', 'web.edge.internal', 'web'];
    expect(files['hosts-80.map']).toBe(names.map((name) => `${name} shop.web.http\n`).join(''));
    expect(files['paths-80.map']).toBe('/web/ shop.web.http\n');
  });

  test('a new generation for all but servers, which need no reload', () => {
    const { generation } = told({}, web());
    const more = [here, copyOn('b1', 'berlin', { verdict: 'spare' })];
    expect(told({}, web({ copies: more })).generation).toBe(generation);
    expect(told({}, web({ alias: false })).generation).not.toBe(generation);
    expect(told({ listen: new Map([[80, ['10.1.0.1']]]) }, web()).generation).not.toBe(generation);
    const certificates = [{ file: '/a.pem', names: ['a'], hash: '1', from: 0, until: 1 }];
    const renewed = [{ file: '/a.pem', names: ['a'], hash: '2', from: 0, until: 1 }];
    expect(told({ certificates }, web()).generation).not.toBe(
      told({ certificates: renewed }, web()).generation,
    );
  });

  test('to ask the help server for certain paths, whatever the host, at port 80 only', () => {
    const { files } = told({ helpPaths: ['/.well-known/acme-challenge/'] }, web());
    const [, ...fronts] = (files['haproxy.cfg'] ?? '').split('frontend ');
    expect(
      fronts.map((front) => front.includes('use_backend help if { path_beg /.well-known/acme-')),
    ).toEqual([true]);
    expect(files['haproxy.cfg']).toMatch(
      /use_backend help if \{ path_beg .*\n.*use_backend %\[var\(txn.host\)\]/,
    );
  });

  test('to take away what no client may say, unless a trusted proxy says it', () => {
    const trusted = Array.from({ length: 40 }, (_, index) => `10.0.${index}.0/24`);
    const { files } = told({ clients: { trusted, connections: 50 } }, web());
    const text = files['haproxy.cfg'] ?? '';
    expect(text).toMatch(/del-header '\^\(x-forwarded\.\*\|.*\|x-real-ip\|.*\)\$' -m reg unless is_trusted/);
    expect(text).toMatch(/acl is_trusted src 10\.0\.0\.0\/24 .*\n +acl is_trusted src 10\.0\.32\.0\/24 /);
    expect(text).toContain('connection reject if { sc0_conn_cur(clients) gt 50 } !is_trusted');
    for (const line of text.split('\n')) expect(line.trim().split(' ').length).toBeLessThan(64);
    expect(told({}, web()).files['haproxy.cfg']).toContain('acl is_trusted always_false');
    expect(told({}, web()).generation).not.toBe(
      told({ clients: { trusted, connections: 1000 } }, web()).generation,
    );
  });

  test('to count the connections of each client at every port, of streams as well', () => {
    const raw = serviceOf('raw', {
      steer: 'gateway',
      copies: [here],
      ports: [{ name: 'main', port: 7000, protocol: 'tcp', application: 'stream' }],
    });
    const [, ...fronts] = (told({}, web(), raw).files['haproxy.cfg'] ?? '').split('frontend ');
    expect(fronts.map((front) => front.includes('track-sc0 src,ipmask(32,64) table clients'))).toEqual([
      true,
      true,
    ]);
  });

  test('nothing of a port that cannot be listened on', () => {
    expect(told({ listen: new Map() }, web()).files['haproxy.cfg']).not.toContain('frontend');
  });
});

describe('nginx is told', () => {
  const told = (...args: Parameters<typeof wanted>) => forNginx(wanted(...args), surroundings);

  test('where to listen, which hosts and paths lead where, and which servers there are', () => {
    const { text } = told({}, web());
    expect(text).toContain('listen [fd00:1::1]:80 default_server;');
    expect(text).toContain('server [fd00::9]:8080 max_fails=1 fail_timeout=1s;');
    expect(text).toContain('server_name web.edge.internal;');
    expect(text).toContain('location = /web { return 308 /web/; }');
  });

  test('to ask the help server for certain paths, whatever the host', () => {
    const { text } = told({ helpPaths: ['/.well-known/acme-challenge/'] }, web());
    expect(text.match(/location \^~ \/.well-known\/acme-challenge\/ /g)).toHaveLength(5);
  });

  test('to take away what no client may say, unless a trusted proxy says it', () => {
    const { text } = told({ clients: { trusted: ['10.0.0.0/8', 'fd00::/8'], connections: 50 } }, web());
    expect(text).toMatch(/geo \$is_trusted \{\n +default 0;\n +10\.0\.0\.0\/8 1;\n +fd00::\/8 1;/);
    expect(text).toContain('proxy_set_header X-Real-Ip $trusted_x_real_ip;');
    expect(text).toContain("map $is_trusted $trusted_x_real_ip { 1 $http_x_real_ip; default ''; }");
    expect(text).toContain('limit_conn clients 50;');
  });

  test('of a service without a live copy that there is none', () => {
    expect(told({}, web({ copies: [] })).text).toContain('location /web/ { return 503; }');
  });

  test('a new generation for every change', () => {
    const { generation } = told({}, web());
    expect(told({}, web({ copies: [] })).generation).not.toBe(generation);
    expect(told({}, web()).generation).toBe(generation);
  });
});
