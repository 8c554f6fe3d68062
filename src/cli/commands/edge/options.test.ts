import { expect, test } from 'vitest';
import { metricsEndpoint } from './options.ts';

test('metrics are served where it is said, on the loopback when only a port is', () => {
  expect(metricsEndpoint('127.0.0.1', 9851)).toEqual({ address: '127.0.0.1', port: 9851 });
  expect(metricsEndpoint('9000', 9851)).toEqual({ address: '127.0.0.1', port: 9000 });
  expect(metricsEndpoint('192.0.2.1:9000', 9851)).toEqual({ address: '192.0.2.1', port: 9000 });
  expect(metricsEndpoint('[2001:db8::1]', 9851)).toEqual({ address: '2001:db8::1', port: 9851 });
});

test.each(['', 'somewhere', ':9000', '127.0.0.1:70000', '99999'])('"%s" is no address', (text) => {
  expect(() => metricsEndpoint(text, 9851)).toThrow(/is no address/);
});
