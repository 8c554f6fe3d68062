import { expect, test } from 'vitest';
import { shadowed } from './shadowed.ts';

const port = { port: 80, published: 8080, protocol: 'tcp' } as const;
const at = (address: string, protocol: 'tcp' | 'udp' = 'tcp', number = 8080) => [
  { address, protocol, port: number },
];
const v4 = new Set([4] as const);
const v6 = new Set([6] as const);

test.each([
  ['on all addresses', port, v4, at('0.0.0.0'), true],
  ['on one of them', port, v4, at('127.0.0.1'), true],
  ['on all of both families', port, v4, at('::'), true],
  ['on one of the other family', port, v4, at('2001:db8::1'), false],
  ['on one of the family', port, v6, at('2001:db8::1'), true],
  ['on the loopback of IPv6, where nothing is led away', port, v6, at('::1'), false],
  ['at another port', port, v4, at('0.0.0.0', 'tcp', 8081), false],
  ['of the other protocol', port, v4, at('0.0.0.0', 'udp'), false],
  ['on the address', { ...port, address: '127.0.0.1' }, v4, at('127.0.0.1'), true],
  ['on all, for the address', { ...port, address: '127.0.0.1' }, v4, at('0.0.0.0'), true],
  ['there only to keep others away', { ...port, held: true }, v4, at('0.0.0.0'), false],
  ['on another than the address', { ...port, address: '127.0.0.1' }, v4, at('192.0.2.1'), false],
])('a program that listens %s', (_, published, families, listening, isSo) => {
  expect(shadowed(published, families as ReadonlySet<4 | 6>, listening as never) !== undefined).toBe(isSo);
});
