import { expect, test } from 'vitest';
import { resolverAddress, resolverConfiguration } from './resolver.ts';

test('each network and list of servers has an address of the loopback, the same every time', () => {
  const address = resolverAddress('lab', ['192.0.2.1', '192.0.2.2']);
  expect(address).toMatch(/^127\.([1-9]\d{0,2})\.\d{1,3}\.([1-9]\d{0,2})$/);
  expect(resolverAddress('lab', ['192.0.2.1', '192.0.2.2'])).toBe(address);
  const others = [
    resolverAddress('lan', ['192.0.2.1', '192.0.2.2']),
    resolverAddress('lab', ['192.0.2.2', '192.0.2.1']),
  ];
  expect(new Set([address, ...others]).size).toBe(3);
});

test('it knows the names of the network, and asks the servers', () => {
  const lines = resolverConfiguration('127.1.2.3', ['192.0.2.1', '2001:db8::1'], '/d/pid', '/d/hosts').split(
    '\n',
  );
  expect(lines).toEqual(
    expect.arrayContaining(['listen-address=127.1.2.3', 'addn-hosts=/d/hosts', 'no-resolv']),
  );
  expect(lines.filter((line) => /^server/.test(line))).toEqual(['server=192.0.2.1', 'server=2001:db8::1']);
});
