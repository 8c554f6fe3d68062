import { expect, test } from 'vitest';
import { hasResolver, resolverAddress, resolverConfiguration } from './resolver.ts';

const asked = { dns: ['192.0.2.1', '192.0.2.2'], namesOf: ['back'] };
const files = { pid: '/d/pid', hosts: ['/d/hosts'], servers: '/d/servers' };

test('each network and what is asked has an address of the loopback, the same every time', () => {
  const address = resolverAddress('lab', asked);
  expect(address).toMatch(/^127\.([1-9]\d{0,2})\.\d{1,3}\.([1-9]\d{0,2})$/);
  expect(resolverAddress('lab', { ...asked })).toBe(address);
  const others = [
    resolverAddress('lan', asked),
    resolverAddress('lab', { ...asked, dns: asked.dns.toReversed() }),
    resolverAddress('lab', { ...asked, namesOf: [] }),
    resolverAddress('lab', { ...asked, namesOf: ['lan'] }),
  ];
  expect(new Set([address, ...others]).size).toBe(5);
});

test('who asks nothing else than its network has none', () => {
  expect(hasResolver({ dns: [], namesOf: [] })).toBe(false);
  expect(hasResolver({ dns: [], namesOf: ['back'] })).toBe(true);
});

test('it knows the names of the network, and asks the servers', () => {
  const lines = resolverConfiguration('127.1.2.3', ['192.0.2.1', '2001:db8::1'], files).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining(['listen-address=127.1.2.3', 'addn-hosts=/d/hosts', 'no-resolv']),
  );
  expect(lines.filter((line) => /^server/.test(line))).toEqual(['server=192.0.2.1', 'server=2001:db8::1']);
});

test('it knows the names of several networks, and asks whom its own asks', () => {
  const hosts = ['/d/hosts', '/named/back'];
  const lines = resolverConfiguration('127.1.2.3', [], { ...files, hosts }).split('\n');
  expect(lines.filter((line) => /^(server|addn)/.test(line))).toEqual([
    'addn-hosts=/d/hosts',
    'addn-hosts=/named/back',
    'servers-file=/d/servers',
  ]);
});
