import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequest } from './publication.ts';

const doubled = Array.from(
  { length: 12 },
  (_, index) => `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
);
const bomb = ['a-1: &a-1 [x]', ...doubled].join('\n');

test.each([
  ['what it doubles too often', bomb, /alias/],
  ['an alias of nothing', '*nobody', /alias/],
  ['a circle', '{ steer: &a [*a] }', /steer: /],
  ['two documents', 'true\n--- \ntrue', /documents/],
  ['nothing', '', /object/],
  ['a number that is none', '{ failover: 1e999 }', /failover: /],
])('%s is wrong', (_, text, message) =>
  expect(readRequest(text)).toEqual({ wrong: expect.stringMatching(message) }),
);

test('any text is read, or is wrong', () => {
  const words = '{ } as : steer direct &a *a [ ] , \n !! " - 1e999 << __proto__ constructor true'.split(' ');
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words, ' '), { maxLength: 20 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => void readRequest(text)),
    { numRuns: 1000 },
  );
});
