import { expect, test } from 'vitest';
import { isPublicKey, newKeyPair, sharedKeys } from './keys.ts';

const [one, two] = [newKeyPair(), newKeyPair()];

test('two ends make the same keys, one for each direction, and each once', () => {
  const [here, there] = [sharedKeys(one, two.publicKey), sharedKeys(two, one.publicKey)];
  expect([here.sends, here.hears]).toEqual([there.hears, there.sends]);
  expect(here.sends).not.toEqual(here.hears);
  expect(sharedKeys(one, two.publicKey)).toBe(here);
});

test('a point of small order is nobody’s key', () => {
  expect(isPublicKey(one.publicKey)).toBe(true);
  expect(isPublicKey(Buffer.alloc(32).toString('base64'))).toBe(false);
});
