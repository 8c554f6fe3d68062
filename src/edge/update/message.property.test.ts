import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { recordType, wireName } from '../dns/wire.ts';
import { domainPointer, readReply, updateMessage, zoneQuery } from './message.ts';

const domain = wireName('edge.internal') as string;

test('a name that points ahead, or to itself, is malformed', () => {
  const bytes = updateMessage(7, domain, [Buffer.from([0xc0, 31, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])]);
  bytes[2] = 0x80;
  expect(readReply(bytes)).toBeUndefined();
});

test('names are written out, in small letters', () => {
  const owner = Buffer.concat([Buffer.from('\x03WEB'), domainPointer]);
  const data = Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 80]), owner]);
  const fixed = Buffer.from([0, recordType.SRV, 0, 1, 0, 0, 0, 30, 0, data.length]);
  const bytes = updateMessage(7, domain, [Buffer.concat([owner, fixed, data])]);
  bytes[2] = 0x80;
  const { last } = readReply(bytes) ?? {};
  expect(last?.owner).toBe(wireName('web', domain));
  expect(last?.data.subarray(6).toString('latin1')).toBe(wireName('web', domain));
});

test('whatever a server sends, it is read or malformed', () => {
  const query = zoneQuery(7, domain, recordType.AXFR);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(3), (rest, answers) => {
      const bytes = Buffer.concat([query, rest]);
      bytes[2] = 0x80;
      bytes[7] = answers;
      const reply = readReply(bytes);
      return reply === undefined || reply.answers.length === answers;
    }),
    tries(100_000, 1000),
  );
});
