import { expect, test } from 'vitest';
import { resultOf } from './outcome.ts';

const ended = (exitCode: number, printed = '', said = '', isCutOff = false) =>
  resultOf({ kind: 'ended', exitCode, printed, said, isCutOff });

test('what a hook put out is what it gives when it did what it was to do', () => {
  expect(ended(0, '{ "port": 1 }', 'a warning')).toEqual({ outputs: { port: 1 } });
  expect(resultOf({ kind: 'answered', status: 204, body: '' })).toEqual({ outputs: {} });
});

test('one that failed is named by its exit code and what it said last, never by what it put out', () => {
  expect(ended(3, '{ "key": "s3cr3t" }', '1\n2\n3\n4\n5\nno rules\n')).toEqual({
    failure: 'it ended with exit code 3, and said last:\n  2\n  3\n  4\n  5\n  no rules',
  });
  expect(ended(1)).toEqual({ failure: 'it ended with exit code 1, and said nothing' });
  expect(ended(0, 'hello', 'x')).toEqual({ failure: 'what it put out is no JSON, and said last:\n  x' });
});

test('a redirect is not followed', () => {
  expect(resultOf({ kind: 'answered', status: 302, body: '' })).toEqual({
    failure: 'it answered 302, and said nothing',
  });
});

test('what would act on a terminal is written out', () => {
  expect(ended(1, '', '\u001b[2J')).toEqual({
    failure: 'it ended with exit code 1, and said last:\n  \\e[2J',
  });
});

test('one of which the engine lost what it put out is not taken for one that put out nothing', () => {
  expect(ended(0, '', '', true)).toMatchObject({
    failure: expect.stringContaining('let it read its standard input to the end'),
  });
  expect(ended(0, '{ "a": 1 }', '', true)).toEqual({ outputs: { a: 1 } });
  expect(ended(3, '', 'no', true)).toEqual({ failure: 'it ended with exit code 3, and said last:\n  no' });
});
