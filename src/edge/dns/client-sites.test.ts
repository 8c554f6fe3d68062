import { expect, test } from 'vitest';
import { ClientSites } from './client-sites.ts';
import { isSubnet, readSubnet } from './client-subnet.ts';

const sites = new ClientSites({
  oulu: ['10.2.0.0/16', 'fd00:2::/32'],
  bonn: ['10.2.5.0/24', '192.0.2.77/32'],
});
const siteOf = (...data: number[]) => {
  const bytes = Buffer.from(data);
  expect(isSubnet(bytes)).toBe(true);
  return sites.siteOf(readSubnet(bytes));
};

test('clients are at the site that names their network, the narrowest of several', () => {
  expect(siteOf(0, 1, 24, 0, 10, 2, 6)).toBe('oulu');
  expect(siteOf(0, 1, 24, 0, 10, 2, 5)).toBe('bonn');
  expect(siteOf(0, 2, 48, 0, 0xfd, 0, 0, 2, 0, 9)).toBe('oulu');
});

test('a network that is only partly of a site is of none', () => {
  expect(siteOf(0, 1, 24, 0, 192, 0, 2)).toBeUndefined();
  expect(siteOf(0, 1, 8, 0, 10)).toBeUndefined();
});

test('a client that does not want its network known is at none', () => {
  expect(siteOf(0, 1, 0, 0)).toBeUndefined();
});
