import { expect, test } from 'vitest';
import type { Endpoint } from '../../networks/standard/endpoint.ts';
import { whatLacks } from './result.ts';

const attached = { container: 'c1', interface: 'eth0', namespace: '/run/netns/a', args: new Map() };
const endpoint = (phase: 'ready' | 'failed' = 'ready') =>
  ({ status: { phase, observed: { addresses: ['10.9.0.2/24'] } } }) as unknown as Endpoint;
const inside = { addresses: ['10.9.0.2/24', 'fe80::1/64'] };
const prevResult = {
  interfaces: [{ name: 'hp' }, { name: 'eth0', sandbox: '/run/netns/a' }],
  ips: [{ address: '10.9.0.2/24', interface: 1 }],
};

test('a container that has what it was told lacks nothing', () => {
  expect(whatLacks({ prevResult }, attached, endpoint(), inside)).toBeUndefined();
});

test.each([
  ['no endpoint', { prevResult }, undefined, inside, 'no endpoint'],
  ['one that failed', { prevResult }, endpoint('failed'), inside, 'failed'],
  ['no interface', { prevResult }, endpoint(), undefined, 'no interface eth0'],
  ['no address', { prevResult }, endpoint(), { addresses: [] }, 'lost its address 10.9.0.2/24'],
  ['no result', {}, endpoint(), inside, 'prevResult is missing'],
  ['a result of others', { prevResult: {} }, endpoint(), inside, 'no interface eth0'],
  [
    'a result without the address',
    { prevResult: { ...prevResult, ips: [] } },
    endpoint(),
    inside,
    'lacks its address',
  ],
])('%s is said', (_what, conf, has, seen, said) => {
  expect(whatLacks(conf, attached, has, seen)).toContain(said);
});
