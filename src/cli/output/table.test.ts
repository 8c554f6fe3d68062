import { expect, test } from 'vitest';
import { tableOf } from './table.ts';

const columns = {
  NAME: ({ name }: { name: string; count: number }) => name,
  COUNT: ({ count }: { name: string; count: number }) => count,
};

test('columns stand under their headings, and no line ends in spaces', () => {
  const rows = [
    { name: 'a', count: 1 },
    { name: 'longer', count: 20 },
  ];
  expect(tableOf(rows, columns)).toBe('NAME    COUNT\na       1\nlonger  20');
  expect(tableOf([], columns)).toBe('NAME  COUNT');
});

test('letters take the room that a terminal gives them', () => {
  const rows = [
    { name: '织机', count: 1 },
    { name: 'e\u0301te', count: 2 },
  ];
  expect(tableOf(rows, columns)).toBe('NAME  COUNT\n织机  1\ne\u0301te   2');
});

test('what would move the cursor is printed as text', () => {
  expect(tableOf([{ name: 'a\u001b[2J\nb', count: 1 }], columns).split('\n')).toHaveLength(2);
  expect(tableOf([{ name: 'a\u001b[2J', count: 1 }], columns)).not.toContain('\u001b');
});
