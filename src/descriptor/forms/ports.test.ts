import { expect, test } from 'vitest';
import { parsePort } from './ports.ts';

const tcp = (target: number, published?: string, host_ip?: string) => ({
  host_ip,
  target,
  published,
  protocol: 'tcp',
});

test.each([
  ['80', [tcp(80)]],
  ['8080:80', [tcp(80, '8080')]],
  ['127.0.0.1:8080:80', [tcp(80, '8080', '127.0.0.1')]],
  ['127.0.0.1::80', [tcp(80, undefined, '127.0.0.1')]],
  ['127.0.0.1:80', [tcp(80, undefined, '127.0.0.1')]],
  ['[::1]:8080:80', [tcp(80, '8080', '::1')]],
  ['[fe80::1%eth0]:8080:80', [tcp(80, '8080', 'fe80::1%eth0')]],
  ['::1:8080:80', [tcp(80, '8080', '::1')]],
  [':8080:80', [tcp(80, '8080')]],
  ['::80', [tcp(80)]],
  ['53:53/udp', [{ ...tcp(53, '53'), protocol: 'udp' }]],
  ['53:53/SCTP', [{ ...tcp(53, '53'), protocol: 'sctp' }]],
  ['3000-3001', [tcp(3000), tcp(3001)]],
  ['9090-9091:8080-8081', [tcp(8080, '9090'), tcp(8081, '9091')]],
  ['8000-8010:80', [tcp(80, '8000-8010')]],
])('%s', (written, expected) => {
  expect(parsePort(written)).toEqual(expected);
});

test.each([
  ['x', 'this is not a port'],
  ['0', 'this is not a port'],
  ['65536', 'this is not a port'],
  ['90-80', 'this is not a port'],
  ['', 'this is not a port'],
  ['a:80:80', 'this is not a port'],
  ['1:2:3:4', '"1:2" is not an IP address'],
  ['1.2.3:80:80', '"1.2.3" is not an IP address'],
  ['8000-8002:80-81', 'the two ranges differ in length'],
  ['80/http', 'the protocol is tcp, udp or sctp'],
  ['80/tcp/udp', 'the protocol is tcp, udp or sctp'],
])('%j: %s', (written, problem) => {
  expect(parsePort(written)).toBe(problem);
});

test('port 0 of the host is one that the engine picks', () => {
  expect(parsePort('0:80')).toEqual([{ protocol: 'tcp', target: 80, published: '0' }]);
  expect(parsePort('0:80-81')).toBe('the two ranges differ in length');
});
