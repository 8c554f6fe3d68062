import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PacketLimit } from './packet-limit.ts';

function packet(type: number, body: number): Buffer {
  const length: number[] = [];
  let left = body;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from([type, ...length]), Buffer.alloc(body)]);
}

const publish = (size: number) => packet(0x30, size);
const ping = packet(0xc0, 0);

describe('packets of MQTT', () => {
  test('up to the limit pass, however they are cut', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }), (all, cuts) => {
        const limit = new PacketLimit(20_000);
        const bytes = Buffer.concat(all.flatMap((size) => [publish(size), ping]));
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const size = cuts[cut % cuts.length] as number;
          expect(limit.take(bytes.subarray(at, at + size))).toBeUndefined();
          at += size;
        }
      }),
      { numRuns: 50 },
    );
  });

  test('over the limit are refused by what they say, before they have come', () => {
    const limit = new PacketLimit(16 << 10);
    expect(limit.take(ping)).toBeUndefined();
    expect(limit.take(publish(1 << 20).subarray(0, 3))).toBeUndefined();
    expect(limit.take(publish(1 << 20).subarray(3, 4))?.message).toBe('a packet has more than 16 KiB');
  });

  test('that say a length without an end are none', () => {
    expect(new PacketLimit(1 << 30).take(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80]))?.message).toBe(
      'this is not MQTT',
    );
  });
});
