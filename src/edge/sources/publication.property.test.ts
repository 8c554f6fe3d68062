import fc from 'fast-check';
import { test } from 'vitest';
import { anyText } from '../../../test/support/any-text.ts';
import { tries } from '../../../test/support/tries.ts';
import { readRequest } from './publication.ts';

test('any text is read, or is wrong', () => {
  const words = '{ } as : steer direct &a *a [ ] , \n !! " - 1e999 << __proto__ constructor true'.split(' ');
  const texts = fc.oneof(
    anyText,
    fc.array(fc.constantFrom(...words, ' '), { maxLength: 20 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => void readRequest(text)),
    tries(1000),
  );
});
