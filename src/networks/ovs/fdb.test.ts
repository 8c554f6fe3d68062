import { expect, test } from 'vitest';
import { readFdb } from './fdb.ts';

test('each line but the heading is an address', () => {
  const text = ` port  VLAN  MAC                Age
    1     0  02:00:00:00:00:0a    5
LOCAL     0  02:00:00:00:00:0b    0
`;
  expect(readFdb(text)).toEqual([
    { port: '1', mac: '02:00:00:00:00:0a' },
    { port: 'LOCAL', mac: '02:00:00:00:00:0b' },
  ]);
  expect(readFdb('')).toEqual([]);
});
