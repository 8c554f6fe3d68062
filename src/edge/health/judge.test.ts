import { expect, test } from 'vitest';
import { copyOn, serviceOf } from '../../../test/support/site-zone.ts';
import { judge, judgeProxied } from './judge.ts';
import { targetsOf } from './targets.ts';

const service = serviceOf('web', {
  copies: [
    copyOn('b1', 'berlin', { address: '10.2.0.1', reason: 'nearest' }),
    copyOn('b2', 'berlin', { address: '10.2.0.2', reason: 'nearest' }),
    copyOn('m1', 'madrid', { address: '10.3.0.1', verdict: 'spare', reason: '9.0 ms away' }),
    copyOn('o1', 'oslo', { address: '10.4.0.1', verdict: 'spare', reason: '20.0 ms away' }),
    copyOn('x1', 'oslo', { address: '10.4.0.2', verdict: 'out', reason: 'not ready' }),
  ],
});
const judged = (...down: string[]) =>
  judge(service, (target) => down.includes(target)).copies.map(
    ({ node, verdict, reason }) => `${node} ${verdict}: ${reason}`,
  );

test('a service whose copies answer is as it was told', () => {
  expect(judge(service, () => false)).toBe(service);
});

test('a copy that does not answer is out, and the others of its site remain', () => {
  expect(judged('10.2.0.1 8080')).toEqual([
    'b2 chosen: nearest',
    'm1 spare: 9.0 ms away',
    'o1 spare: 20.0 ms away',
    'b1 out: does not answer',
    'x1 out: not ready',
  ]);
});

test('when none at the chosen site answers, the next site is chosen', () => {
  expect(judged('10.2.0.1 8080', '10.2.0.2 8080').slice(0, 2)).toEqual([
    'm1 chosen: 9.0 ms away; nearest that answers',
    'o1 spare: 20.0 ms away',
  ]);
  expect(judged('10.2.0.1 8080', '10.2.0.2 8080', '10.3.0.1 8080')[0]).toMatch(/^o1 chosen/);
});

test('when none answers at all, it is as it was told: it may be the gateway that reaches nobody', () => {
  expect(judge(service, () => true)).toBe(service);
});

test('a proxy takes the first of the spare ones only, and without any it leads nowhere', () => {
  const spares = ['10.3.0.1', '10.3.0.2'].map((address) =>
    copyOn(address, 'madrid', { address, verdict: 'spare', reason: 'next' }),
  );
  const proxied = { ...service, copies: [...service.copies.slice(0, 2), ...spares] };
  const led = (...down: string[]) =>
    judgeProxied(proxied, (target) => down.includes(target)).copies.map(
      ({ address, verdict }) => `${address} ${verdict}`,
    );
  expect(led('10.2.0.1 8080', '10.2.0.2 8080')).toEqual([
    '10.3.0.1 chosen',
    '10.3.0.2 spare',
    '10.2.0.1 out',
    '10.2.0.2 out',
  ]);
  expect(led('10.2.0.1 8080')[0]).toBe('10.2.0.2 chosen');
  expect(judgeProxied(proxied, () => true).copies.every(({ verdict }) => verdict === 'out')).toBe(true);
});

test('copies are checked where clients are led to them directly, at their first TCP port', () => {
  expect(targetsOf(service).map(({ key, isUsed }) => `${key} ${isUsed}`)).toEqual([
    '10.2.0.1 8080 true',
    '10.2.0.2 8080 true',
    '10.3.0.1 8080 false',
    '10.4.0.1 8080 false',
  ]);
  expect(targetsOf(serviceOf('web', { steer: 'gateway' }))).toEqual([]);
  const udp = { name: 'dns', port: 53, protocol: 'udp', application: 'stream' } as const;
  expect(targetsOf({ ...service, ports: [udp] })).toEqual([]);
});

test('copies of a service that is reached through the gateway are checked where the kernel leads to them', () => {
  const sql = { name: 'sql', port: 5432, protocol: 'tcp', application: 'stream' } as const;
  const proxied = { ...service, steer: 'gateway', ports: [sql] } as const;
  expect(targetsOf(proxied)).toEqual([]);
  expect(targetsOf({ ...proxied, ports: [{ ...sql, layer: 4 }] })).toHaveLength(4);
  const syslog = { name: 'syslog', port: 514, protocol: 'udp', application: 'stream' } as const;
  // By its TCP port; UDP alone tells nothing.
  expect(targetsOf({ ...proxied, ports: [syslog, sql] }).map(({ port }) => port)).toEqual([
    5432, 5432, 5432, 5432,
  ]);
  expect(targetsOf({ ...proxied, ports: [syslog] })).toEqual([]);
});
