import { expect, test } from 'vitest';
import { InvalidInput } from './errors.ts';
import { printable, printableLine } from './printable.ts';

test.each([
  ['plain – ünïcode 店', 'plain – ünïcode 店'],
  ['\x1b[31mred', '\\e[31mred'],
  ['\x9b31m\x07\x7f\0', '\\x9b31m\\x07\\x7f\\x00'],
  ['over\rwritten', 'over\\rwritten'],
  ['\u202egpj.exe', '\\u202egpj.exe'],
])('%j is printed as %s', (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('lines stay lines where a text may have several', () => {
  expect(printable('a\n\tb')).toBe('a\n\tb');
  expect(printableLine('a\n\tb')).toBe('a\\n\\tb');
});

test('a finding about somebody’s file is one line, whatever it quotes', () => {
  const at = { file: 'x\x1b]0;y.yaml', line: 1, column: 1 };
  const found = new InvalidInput([
    { severity: 'error', code: 'ERR_COMPOSE_TYPE', message: 'a\nb: \x1b[2J', at, hint: '\x9b' },
  ]);
  expect(found.message).toBe('x\\e]0;y.yaml:1:1: error ERR_COMPOSE_TYPE: a\\nb: \\e[2J (\\x9b)');
});
