import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../../test/support/tries.ts';
import { newKeyPair, sharedKeys } from '../keys.ts';
import { decode, encode, type LivenessPacket, packetLength } from './packet.ts';

const [one, two, stranger] = [newKeyPair(), newKeyPair(), newKeyPair()];
const key = sharedKeys(one, two.publicKey).sends;
const hears = sharedKeys(two, one.publicKey).hears;
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const packets = fc.record<LivenessPacket>({
  state: fc.constantFrom('down', 'init', 'up'),
  path: word,
  mine: word,
  yours: word,
  sequence: fc.maxSafeNat(),
  sent: fc.maxSafeNat(),
  echoed: fc.maxSafeNat(),
  held: word,
  lost: fc.nat(1000),
  used: word,
  largest: fc.nat(65_535),
  isProbe: fc.boolean(),
});

test('what one says the other hears, whatever its length', () => {
  fc.assert(
    fc.property(packets, fc.nat(1500), (packet, length) => {
      const bytes = encode(packet, key, length);
      expect(bytes.length).toBe(Math.max(length, packetLength));
      expect(decode(bytes, [hears])).toEqual(packet);
    }),
    tries(1000),
  );
});

test('nothing counts that was changed on the way, is of somebody else, or comes back to who sent it', () => {
  const foreign = sharedKeys(two, stranger.publicKey).hears;
  const own = sharedKeys(one, two.publicKey).hears;
  fc.assert(
    fc.property(packets, fc.nat(packetLength - 1), fc.integer({ min: 1, max: 255 }), (packet, at, change) => {
      const bytes = encode(packet, key);
      expect(decode(bytes, [foreign])).toBeUndefined();
      expect(decode(bytes, [own])).toBeUndefined();
      const padded = encode(packet, key, packetLength + 10);
      expect(decode(Buffer.concat([padded, Buffer.alloc(1)]), [hears])).toBeUndefined();
      expect(decode(padded.subarray(0, -1), [hears])).toBeUndefined();
      bytes[at] = (bytes[at] ?? 0) ^ change;
      expect(decode(bytes, [hears])).toBeUndefined();
    }),
    tries(1000),
  );
});

test('bytes of any kind are no packet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decode(Buffer.from(bytes), [hears])).toBeUndefined();
    }),
    tries(1000),
  );
});
