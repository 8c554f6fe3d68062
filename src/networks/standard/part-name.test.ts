import { expect, test } from 'vitest';
import { resourceName } from './network.ts';
import { calledName, partName } from './part-name.ts';

test('a part is called as its network', () => {
  expect(partName('ip', 'lab')).toBe('ip.lab');
});

test('parts of the longest names are names, and differ as these do', () => {
  const long = 'n'.repeat(226);
  const parts = [`${long}a`, `${long}b`].map((name) => partName('ip', partName('sdn-control', name)));
  expect(new Set(parts).size).toBe(2);
  for (const part of parts) expect(resourceName.safeParse(part).success).toBe(true);
});

test.each([
  ['lab', {}, 'lab'],
  ['sdn.lab', { 'heddle.owner': 'sdn/lab' }, 'lab'],
  ['lab', { 'heddle.owner': 'dispatch' }, 'lab'],
  ['lab', { 'heddle.owner': 'sdn/../../lab' }, 'lab'],
  ['lab', { 'heddle.owner': 'sdn/..' }, 'lab'],
])('a network %s with the labels %j is called %s', (name, labels, called) => {
  expect(calledName({ name, labels })).toBe(called);
});
