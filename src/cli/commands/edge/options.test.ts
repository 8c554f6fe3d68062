import { expect, test } from 'vitest';
import { metricsEndpoint } from './options.ts';

test('metrics are served on the loopback, where it is said', () => {
  expect(metricsEndpoint('127.0.0.1', 9851)).toEqual({ address: '127.0.0.1', port: 9851 });
  expect(metricsEndpoint('9000', 9851)).toEqual({ address: '127.0.0.1', port: 9000 });
  expect(metricsEndpoint('127.0.0.2:9000', 9851)).toEqual({ address: '127.0.0.2', port: 9000 });
  expect(metricsEndpoint('[::1]', 9851)).toEqual({ address: '::1', port: 9851 });
});

test.each(['', 'somewhere', ':9000', '127.0.0.1:70000', '99999'])('"%s" is no address', (text) => {
  expect(() => metricsEndpoint(text, 9851)).toThrow(/is no address/);
});

test('they are served nowhere else, for nobody is asked who he is there', () => {
  for (const text of ['192.0.2.1:9000', '[2001:db8::1]', '0.0.0.0', '[::]'])
    expect(() => metricsEndpoint(text, 9851)).toThrow(/on the loopback only/);
});
