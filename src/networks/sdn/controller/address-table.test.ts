import { expect, test } from 'vitest';
import { AddressTable } from './address-table.ts';

const macOf = (number: number) =>
  `02:00:00:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`;

test('an address is where it was heard last', () => {
  const table = new AddressTable();
  expect(table.learn(macOf(1), 1)).toBe(true);
  expect(table.learn(macOf(1), 1)).toBe(false);
  expect(table.learn(macOf(1), 2)).toBe(true);
  expect(table.portOf(macOf(1))).toBe(2);
  table.forget(macOf(1));
  expect(table.portOf(macOf(1))).toBeUndefined();
});

test('who floods a port with addresses takes no room from others', () => {
  const table = new AddressTable();
  for (let number = 0; number < 5000; number++) table.learn(macOf(number), 1);
  expect([...table.entries()].length).toBe(1024);
  expect(table.learn('02:11:00:00:00:01', 2)).toBe(true);
  table.forget(macOf(0));
  expect(table.learn(macOf(4999), 1)).toBe(true);
});
