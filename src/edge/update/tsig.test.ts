import { describe, expect, test } from 'vitest';
import { recordType, wireName } from '../dns/wire.ts';
import type { TsigKey } from './key.ts';
import { readReply, zoneQuery } from './message.ts';
import { SignedReplies, sign } from './tsig.ts';

const key: TsigKey = {
  name: 'Key.Example',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('secret of the tests, no other use'),
};
const now = 0x6b06ab2e;
const domain = wireName('edge.internal') as string;
const query = zoneQuery(0x9b0c, domain, recordType.SOA);
/** What kdig 3.2.6 sends for that query with that key at that time. */
const fromKdig =
  '9b0c01200001000000000001046564676508696e7465726e616c0000060001' +
  '036b6579076578616d706c650000fa00ff00000000003d0b686d61632d7368613235360000006b06ab2e012c0020' +
  'a13068f6729ee19541700095a223fead9a72f1f1ddd04a781feba52ea6bee4c89b0c00000000';

test('a request is signed as kdig signs it', () => {
  const asKdig = Buffer.from(query);
  asKdig.writeUInt16BE(0x0120, 2);
  expect(sign(asKdig, key, now).bytes.toString('hex')).toBe(fromKdig);
});

describe('replies', () => {
  const request = sign(query, key, now);
  /** A reply as a server would sign it, for what has been signed before it. */
  const reply = (mac: Buffer, by = key, seconds = now) => {
    const bytes = Buffer.from(query);
    bytes[2] = 0x84;
    // A server signs what it says after the length and signature of the request, and nobody sends that part.
    const prefix = Buffer.concat([Buffer.from([0, mac.length]), mac]);
    return signedAfter(prefix, bytes, by, seconds);
  };
  const take = (replies: SignedReplies, bytes: Buffer, seconds = now) => {
    const read = readReply(bytes);
    if (!read) throw new Error('malformed');
    replies.take(bytes, read, seconds);
  };

  test('of the same key, to this request, are taken', () => {
    const replies = new SignedReplies(key, request.mac);
    take(replies, reply(request.mac));
    expect(replies.isProven).toBe(true);
  });

  test.each([
    ['another request', reply(sign(query, key, now - 1).mac), 'is wrong'],
    ['another secret', reply(request.mac, { ...key, secret: Buffer.from('another') }), 'is wrong'],
    ['another key', reply(request.mac, { ...key, name: 'other' }), 'with another key'],
    ['another time', reply(request.mac, key, now - 301), 'at another time'],
    ['nobody', Buffer.from(query).fill(0x84, 2, 3), 'is not signed'],
  ])('of %s are refused', (_, bytes, message) => {
    expect(() => take(new SignedReplies(key, request.mac), bytes)).toThrow(message);
  });

  test('that were changed on the way are refused, whichever bit it was', () => {
    const bytes = reply(request.mac);
    for (let bit = 8 * 3; bit < 8 * bytes.length; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      // Names are the same in capitals.
      if (isNameLetter(bit >> 3) && (bit & 7) === 5) continue;
      expect(() => take(new SignedReplies(key, request.mac), changed), `bit ${bit}`).toThrow();
    }
  });
});

/** Whether a byte is of the key's name, or the algorithm's. */
function isNameLetter(index: number): boolean {
  const algorithm = query.length + 13 + 10;
  return (
    (index >= query.length && index < query.length + 13) || (index >= algorithm && index < algorithm + 13)
  );
}

function signedAfter(prefix: Buffer, message: Buffer, by: TsigKey, seconds: number): Buffer {
  const count = message.readUInt16BE(10);
  const { mac } = sign(Buffer.concat([prefix, message]), by, seconds);
  const { bytes } = sign(message, by, seconds);
  bytes.writeUInt16BE(count + 1, 10);
  // Its own signature instead: it is what stands before the id and the two lengths at the end.
  mac.copy(bytes, bytes.length - 6 - mac.length);
  return bytes;
}
