import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../../test/support/tries.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { JsonSplitter } from './json-splitter.ts';

const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));

test('texts are found in their stream, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 4 }),
      fc.array(fc.nat(20), { maxLength: 30 }),
      (values, cuts) => {
        const texts = values.map((one) => JSON.stringify(one));
        const stream = Buffer.from(texts.join(''));
        const splitter = new JsonSplitter(1_000_000);
        const found: unknown[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          found.push(...splitter.push(stream.subarray(at, at + cut)));
          at = Math.min(stream.length, at + cut);
        }
        expect(found).toEqual(texts.map((text) => JSON.parse(text)));
      },
    ),
    tries(2000, 200),
  );
});

test('any bytes are refused by a typed error, or are read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        new JsonSplitter(100).push(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(HeddleError);
      }
    }),
    tries(10_000, 200),
  );
});
