import { expect, test } from 'vitest';
import { publishedPort } from './published-port.ts';

test.each([
  ['8080:80', { published: 8080, port: 80, protocol: 'tcp' }],
  ['192.0.2.1:53:53/udp', { published: 53, port: 53, protocol: 'udp', address: '192.0.2.1' }],
  ['[2001:db8::1]:443:443', { published: 443, port: 443, protocol: 'tcp', address: '2001:db8::1' }],
  ['9000:9000/sctp', { published: 9000, port: 9000, protocol: 'sctp' }],
  ['80', { port: 80, protocol: 'tcp' }],
])('%s is a port that is published', (text, port) => {
  expect(publishedPort(text)).toEqual(port);
});

test.each(['', 'web', '80/icmp', '1:2:3:4', '80:'])('%j is none', (text) => {
  expect(() => publishedPort(text)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
});
