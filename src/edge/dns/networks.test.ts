import { expect, test } from 'vitest';
import { networks, networkTexts } from './networks.ts';

test('addresses and networks have one form, with nothing behind the prefix', () => {
  const texts = ['10.1.0.53', '10.1.2.3/16', '2001:DB8::1', '2001:db8::1/32', '0.0.0.0/0'];
  expect(networkTexts(texts, 'proxy')).toEqual([
    '10.1.0.53',
    '10.1.0.0/16',
    '2001:db8::1',
    '2001:db8::/32',
    '0.0.0.0/0',
  ]);
});

test.each([
  'web',
  '',
  '10.1',
  '0x0a.1.1.1',
  '10.1.0.0/33',
  '10.1.0.0/8/8',
  '10.1.0.0/',
  'fe80::1%eth0',
  '10.1.0.1 10.2.0.1',
  '10.1.0.1\n',
])('%j is neither', (text) => {
  expect(() => networkTexts([text], 'trusted proxy')).toThrow(
    expect.objectContaining({
      code: 'ERR_USAGE',
      message: `trusted proxy "${text}" is neither an address nor a network`,
    }),
  );
});

test('a list of networks says what is in one of them', () => {
  const list = networks(['10.1.0.0/16', '2001:db8::/32']);
  expect([list?.check('10.1.9.9'), list?.check('10.2.0.1'), list?.check('2001:db8::9', 'ipv6')]).toEqual([
    true,
    false,
    true,
  ]);
  expect(networks([])).toBeUndefined();
});
