import { expect, test } from 'vitest';
import { BoundedText } from './bounded-text.ts';
import { answerFrom, printedText } from './http.ts';
import { most } from './outputs.ts';

function answerOf(text: string) {
  const printed = printedText();
  printed.add(Buffer.from(text));
  return answerFrom(printed, 'words');
}

test('what a manager answers comes whole, also where JSON takes six bytes for one', () => {
  const body = '\u0001'.repeat(most.bytes);
  expect(answerOf(JSON.stringify({ status: 200, body }))).toEqual({ kind: 'answered', status: 200, body });
});

test('what is cut is too much, and what is no answer is none; neither is quoted', () => {
  const long = new BoundedText(10, 'first');
  long.add(Buffer.from('{ "status": 200, "body": "s3cr3t" }'));
  expect(answerFrom(long, '')).toMatchObject({ kind: 'failed', why: 'it put out more than 64 KiB' });
  for (const text of ['', '{ "body": "s3c'])
    expect(answerOf(text)).toEqual({ kind: 'failed', why: 'it could not be asked', said: 'words' });
});
