import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.ts';
import { tries } from '../../../test/support/tries.ts';
import { directory, parse, refusalOf } from './messages.ts';
import { Refusal } from './refusal.ts';

const at = 'https://ca.test';

test('messages of any form: they are refused, on one line, and not longer than they may be', () => {
  const bodies = fc.oneof(
    anyText,
    fc.json(),
    fc
      .record({ type: fc.string(), detail: fc.string({ maxLength: 2000 }) })
      .map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(bodies, fc.string(), (body, after) => {
      const refusal = refusalOf({ status: 400, headers: { 'retry-after': after }, body }, at);
      expect(refusal).toBeInstanceOf(Refusal);
      expect(refusal.message.length).toBeLessThan(500);
      expect(refusal.message).not.toMatch(/\p{Cc}/u);
      expect(() => parse(directory, { body }, at)).toThrow(Refusal);
    }),
    tries(2000),
  );
});
