import { expect, test } from 'vitest';
import { addressOf } from './address.ts';

test('a node is known by its title, as a single station with an address that nobody was given', () => {
  const addresses = Array.from({ length: 1000 }, (_, index) => addressOf(`node ${index}`));
  expect(new Set(addresses).size).toBe(1000);
  expect(addresses.every((address) => /^.[26ae](:[0-9a-f]{2}){5}$/.test(address))).toBe(true);
  expect(addressOf('node 1')).toBe(addresses[1]);
});
