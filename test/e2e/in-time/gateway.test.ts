import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, TestHost } from '../../support/host.ts';
import { until } from '../../support/until.ts';

const port = 15_353;
const file = (services: string) => `
sites:
  helsinki: { gateway: [10.1.0.1, "fd00:1::1"], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [10.2.0.1], location: { latitude: 52.52, longitude: 13.4 } }
  madrid: { gateway: [10.3.0.1], location: { latitude: 40.42, longitude: -3.7 } }
nodes:
  b1: { site: berlin, addresses: [10.2.0.11] }
  m1: { site: madrid, addresses: [10.3.0.11] }
services:
${services}
`;
const service = (name: string, copies: string, rest = '') =>
  `  ${name}: { namespace: shop, ports: { http: { port: 80, application: http } }, ${rest} copies: [${copies}] }`;
const inBerlin = '{ node: b1, address: 10.2.9.1, ports: { http: 8080 } }';
const inMadrid = '{ node: m1, address: 10.3.9.1, ports: { http: 8080 } }';

describe('the gateway of a site', () => {
  const host = new TestHost();
  const edgeFile = path.join(host.folder, 'edge.yaml');
  let gateway: Running;
  const write = (...services: string[]) => writeFileSync(edgeFile, file(services.join('\n')));
  const gatewayAt = (site: string) => {
    const listen = ['--listen', `127.0.0.1:${port}`];
    return ['edge', 'gateway', '-f', edgeFile, '--site', site, ...listen, '--proxy', 'none'];
  };
  const dig = (...args: string[]) =>
    execFileSync('kdig', ['@127.0.0.1', '-p', String(port), '+timeout=2', ...args], { encoding: 'utf8' });
  const answers = (name: string, type = 'A') => dig('+short', name, type).split('\n').filter(Boolean).sort();

  beforeAll(async () => {
    write(
      service('web', `${inMadrid}, ${inBerlin}`),
      service('api', `${inMadrid}, ${inBerlin}`, 'steer: direct,'),
    );
    gateway = host.start(...gatewayAt('helsinki'));
    await until('it answers', () => answers('helsinki.gateway.edge.internal').length > 0);
  });
  afterAll(() => host.remove());

  test('answers with its own addresses for a service that is reached through it', () => {
    expect(answers('web.shop.svc.edge.internal')).toEqual(['10.1.0.1']);
    expect(answers('web.shop.svc.edge.internal', 'AAAA')).toEqual(['fd00:1::1']);
    expect(answers('web.edge.internal')).toEqual(['10.1.0.1']);
  });

  test('answers with the node of the nearest copy for one that is reached directly', () => {
    expect(answers('api.shop.svc.edge.internal')).toEqual(['10.2.0.11']);
    expect(answers('api.madrid.site.edge.internal')).toEqual(['10.3.0.11']);
    expect(answers('_http._tcp.api.shop.svc.edge.internal', 'SRV')).toEqual([
      '0 1 80 b1.node.edge.internal.',
    ]);
  });

  test('says which copies are used, and why', async () => {
    const out = await host.ok('edge', 'explain', 'api', '--at', 'helsinki', '-f', edgeFile);
    expect(out).toMatch(/^api-2 +berlin +b1 +11\.\d ms +chosen +11\.\d ms away, declared; nearest$/m);
    expect(out).toMatch(/^api-1 +madrid +m1 +29\.\d ms +spare +29\.\d ms away, declared$/m);
  });

  test('lists every name, and the short ones that are not given', async () => {
    write(service('web', inBerlin), service('b1', inMadrid), '  lab/web: { ports: {} }');
    const names = await host.ok('edge', 'names', '-f', edgeFile);
    expect(names).toMatch(/^web\.shop\.svc\.edge\.internal +service +service shop\/web$/m);
    expect(names).toMatch(/^web\.berlin\.site\.edge\.internal +site +service shop\/web at berlin$/m);
    expect(names).toMatch(/^web\.edge\.internal +alias +not to service lab\/web: service shop\/web has it$/m);
    expect(names).toMatch(/^b1\.edge\.internal +alias +nowhere: node b1 has the same name$/m);
    const sorted = (text: string) => text.split('\n').sort().join('\n');
    const known = async () => sorted(await host.ok('edge', 'names', '--at', 'helsinki'));
    await until('the gateway knows the same', async () => (await known()) === sorted(names));
    const { code, stderr } = await host.heddle('edge', 'names', '--at', 'oulu');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no gateway keeps a view of oulu')]);
  });

  test('never lets the serial go back, over a restart neither', async () => {
    const serial = () => Number(dig('+short', 'edge.internal', 'SOA').split(' ')[2]);
    const before = serial();
    await gateway.end();
    gateway = host.start(...gatewayAt('helsinki'));
    await until('it answers', () => answers('helsinki.gateway.edge.internal').length > 0);
    expect(serial()).toBeGreaterThanOrEqual(before);
  });

  test('answers anew a moment after the file changed', async () => {
    write(
      service('web', inBerlin),
      service('api', inMadrid, 'steer: direct,'),
      service('new', inBerlin, 'steer: direct,'),
    );
    const took = await until(
      'the new service is there',
      () => answers('new.shop.svc.edge.internal').length > 0,
    );
    expect(took).toBeLessThan(2000);
    expect(answers('api.shop.svc.edge.internal')).toEqual(['10.3.0.11']);
    write(service('web', inBerlin));
    await until('it is gone again', () => dig('new.shop.svc.edge.internal').includes('NXDOMAIN'));
    expect(dig('api.shop.svc.edge.internal')).toContain('NXDOMAIN');
  });

  test('keeps what was good when the file becomes wrong, and says what is wrong', async () => {
    writeFileSync(edgeFile, file(service('web', '{ node: b9, address: 10.2.9.1 }')));
    await until('it says so', () => gateway.printed().includes('there is no node \\"b9\\"'));
    expect(answers('web.shop.svc.edge.internal')).toEqual(['10.1.0.1']);
    const { code, stderr } = await host.heddle('edge', 'names', '-f', edgeFile);
    expect(code).toBe(1);
    expect(stderr).toMatch(/edge\.yaml:\d+:\d+: error ERR_EDGE_FILE: .*did you mean "b1"\?/s);
  });

  test('says what is wrong when it cannot start', async () => {
    const refused = async (site: string) => {
      const { code, stderr } = await host.heddle(...gatewayAt(site));
      expect(code).toBe(1);
      return stderr;
    };
    writeFileSync(edgeFile, file(service('web', '{ node: b9, address: 10.2.9.1 }')));
    expect(await refused('helsinki')).toContain('ERR_EDGE_FILE');
    write(service('web', inBerlin));
    expect(await refused('helsinki')).toContain('another program listens there');
    expect(await refused('helsink')).toContain('did you mean "helsinki"?');
    for (const wrong of [
      ['--listen', 'nonsense'],
      ['--listen', '15353'],
      ['--forwarder', 'nonsense', '--proxy', 'haproxy'],
    ]) {
      const { code, stderr } = await host.heddle(...gatewayAt('helsinki'), ...wrong);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/ERR_USAGE: .*nonsense|is no address/)]);
    }
  });
});
