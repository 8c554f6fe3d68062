import fc from 'fast-check';
import { test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { readHeartbeat, readMessage, readStatus } from './read.ts';

test('hostile texts: no crash, and only messages are read', () => {
  const key = fc.constantFrom('kind', 'epoch', 'version', 'view', 'set', '__proto__', 'removed', 'site');
  const value = fc.oneof(
    fc.constantFrom('snapshot', 'delta', 'beat'),
    fc.integer(),
    fc.double(),
    fc.constant(null),
    fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
    fc.array(fc.string(), { maxLength: 2 }),
  );
  const hostile = fc.oneof(
    fc.dictionary(key, value).map((one) => JSON.stringify(one)),
    fc.jsonValue().map((one) => JSON.stringify(one)),
    fc.string(),
  );
  fc.assert(
    fc.property(hostile, (said) => {
      const read = [readMessage(said), readHeartbeat(said), readStatus(said)].filter(
        (one) => one !== undefined,
      );
      return read.every(({ epoch }) => Number.isSafeInteger(epoch) && epoch >= 0);
    }),
    tries(100_000, 1000),
  );
});
