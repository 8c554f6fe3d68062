import { expect, test } from 'vitest';
import { metricsAddress } from './metrics-server.ts';

test.each([
  ['127.0.0.1:9850', { host: '127.0.0.1', port: 9850 }],
  ['[::1]:9850', { host: '::1', port: 9850 }],
  ['off', undefined],
])('%s', (text, address) => {
  expect(metricsAddress(text)).toEqual(address);
});

test.each(['0.0.0.0:9850', '192.0.2.1:9850', '[::]:9850'])('%s is refused: anybody could ask', (text) => {
  expect(() => metricsAddress(text)).toThrow(/loopback/);
});

test.each(['9850', 'localhost:9850', '127.0.0.1:99999', ''])('"%s" is no address', (text) => {
  expect(() => metricsAddress(text)).toThrow(/no address/);
});
