import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { hostsFile, nameTargets, resolverFile } from './pod-names.ts';

test('a pod asks the name servers of its networks', () => {
  expect(
    resolverFile(['10.1.0.1', 'fd00::1'], { dnsSearch: ['a.example', 'b.example'], dnsOptions: ['ndots:2'] }),
  ).toBe('nameserver 10.1.0.1\nnameserver fd00::1\nsearch a.example b.example\noptions ndots:2\n');
});

test('a pod knows itself, and whom its service names', () => {
  const sandbox = {
    hostname: 'web',
    domainname: 'example.org',
    extraHosts: [
      { host: 'host.docker.internal', address: 'host-gateway' },
      { host: 'far', address: '192.0.2.1' },
    ],
  };
  expect(hostsFile('shop-web-1', sandbox, ['10.1.0.2', 'fd00::2'], '10.1.0.1')).toBe(
    [
      '127.0.0.1 localhost',
      '::1 localhost ip6-localhost ip6-loopback',
      '10.1.0.2 web.example.org web shop-web-1',
      'fd00::2 web.example.org web shop-web-1',
      '10.1.0.1 host.docker.internal',
      '192.0.2.1 far',
      '',
    ].join('\n'),
  );
});

test('a container finds names by files of its own on networks of Heddle’s, unless it brings them', () => {
  const targets = (archetype: string, mounts: { type: 'tmpfs'; target: string }[] = []) => {
    const text = `services: { web: { image: a } }\nnetworks: { default: { x-heddle: { archetype: ${archetype} } } }`;
    return nameTargets(specOf(text).pods[0]!, { mounts });
  };
  expect(targets('ip')).toEqual(['/etc/resolv.conf', '/etc/hosts']);
  expect(targets('ip', [{ type: 'tmpfs', target: '/etc/hosts' }])).toEqual(['/etc/resolv.conf']);
  expect(targets('engine')).toEqual([]);
});
