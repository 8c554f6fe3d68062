import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../../test/support/tries.ts';
import {
  type Answer,
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeRequest,
  longestMessage,
  type Request,
  statuses,
} from './control.ts';
import { decodeData, encodeData } from './data.ts';
import { decodeFrame, encodeFrame } from './ethernet.ts';
import { capability, matchesPattern, titlePattern, title as titles } from './names.ts';

const id = fc.nat(0xffff_ffff);
const title = fc.stringMatching(titles);
const both = { title, workspace: title };
const list = (pattern: RegExp) => fc.array(fc.stringMatching(pattern), { minLength: 1, maxLength: 3 });
const optional = <T>(record: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[]) =>
  fc.record(record, { requiredKeys }) as fc.Arbitrary<T>;
const request: fc.Arbitrary<Request> = fc.oneof(
  optional<Request>({ primitive: fc.constant('entityRegister'), title, capabilities: list(capability) }, [
    'primitive',
    'title',
  ]),
  optional<Request>(
    {
      primitive: fc.constant('workspaceCreate'),
      ...both,
      access: list(titlePattern),
      requires: list(capability),
      maxMembers: fc.nat(0xffff),
      maxBandwidth: fc.nat(0xffff_ffff),
    },
    ['primitive', 'title', 'workspace'],
  ),
  fc.record({ primitive: fc.constantFrom('entityUnregister', 'entityLookup'), title }),
  fc.record({ primitive: fc.constant('workspaceLookup' as const), workspace: title }),
  fc.record({
    primitive: fc.constantFrom('workspaceAttach', 'workspaceDetach', 'workspaceDelete'),
    ...both,
  }),
);
const answer: fc.Arbitrary<Answer> = optional<Answer>(
  {
    status: fc.constantFrom(...statuses),
    reason: fc.stringMatching(/^[ -~]{0,127}$/),
    creator: title,
    members: fc.nat(0xffff),
    maxBandwidth: fc.nat(0xffff_ffff),
  },
  ['status'],
);
const padding = fc.uint8Array({ maxLength: 46 });

test('requests and answers are read as they were written, whatever padding is behind them', () => {
  fc.assert(
    fc.property(id, request, answer, padding, (number, asked, said, behind) => {
      const read = decodeRequest(Buffer.concat([encodeRequest(number, asked), behind]));
      expect(read).toMatchObject({ id: number, request: asked });
      const answered = decodeAnswer(Buffer.concat([encodeAnswer(number, 1, said), behind]));
      expect(answered).toEqual({ id: number, answer: said });
    }),
    tries(10_000, 200),
  );
});

/** A request with some bytes changed, cut off or added. */
const damaged = fc
  .tuple(
    request,
    fc.array(fc.tuple(fc.nat(longestMessage), fc.nat(255)), { maxLength: 4 }),
    fc.nat(200),
    padding,
  )
  .map(([asked, changes, cut, behind]) => {
    const bytes = Buffer.concat([encodeRequest(7, asked), behind]);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes.subarray(0, bytes.length - Math.min(cut, bytes.length));
  });

test('what is malformed is no request that could not have been written, and never more than that', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 1500 })), (bytes) => {
      const read = decodeRequest(Buffer.from(bytes));
      if (read?.request) {
        const again = decodeRequest(encodeRequest(read.id, read.request));
        expect(again?.request).toEqual(read.request);
      } else if (read) expect(read.why).toMatch(/./);
      decodeAnswer(Buffer.from(bytes));
      decodeData(Buffer.from(bytes));
    }),
    tries(10_000, 500),
  );
});

test('what is said in a workspace is heard as it was said', () => {
  fc.assert(
    fc.property(title, fc.uint8Array({ maxLength: 1300 }), padding, (from, data, behind) => {
      const payload = Buffer.concat([encodeData({ from, data: Buffer.from(data) }), behind]);
      const frame = decodeFrame(
        encodeFrame({ to: '03:00:00:00:00:01', from: '02:00:00:00:00:01', type: 0x88b6, payload }),
      );
      expect(decodeData(frame!.payload)).toEqual({ from, data: Buffer.from(data) });
    }),
    tries(2000, 100),
  );
});

test.each([
  [{ workspace: 'w'.repeat(300) }, /^workspace cannot be "w{70,}/],
  [{ workspace: 'a room' }, 'workspace cannot be "a room"'],
  [{ access: Array.from({ length: 9 }, () => '*') }, 'access: 9 are more than 8'],
  [{ maxMembers: 70_000 }, 'maxMembers cannot be 70000'],
  [{ maxBandwidth: -1 }, 'maxBandwidth cannot be -1'],
])('a request that could not be read is not written: %j', (more, message) => {
  const request = { primitive: 'workspaceCreate', title: 'alice', workspace: 'room', ...more } as const;
  expect(() => encodeRequest(1, request)).toThrow(message);
});

test('a pattern is for the titles that a regular expression of the same meaning is for', () => {
  const letters = fc.stringMatching(/^[ab]{0,8}$/);
  const pattern = fc.stringMatching(/^[ab*]{0,5}$/);
  fc.assert(
    fc.property(pattern, letters, (one, text) => {
      expect(matchesPattern(one, text)).toBe(new RegExp(`^${one.replaceAll('*', '.*')}$`).test(text));
    }),
    tries(10_000, 1000),
  );
});

test('an answer is understood whatever its reason: of the longest titles, of the longest names, of any text', () => {
  const heard = (reason: string) => decodeAnswer(encodeAnswer(1, 1, { status: 'notYours', reason }))?.answer;
  const long = `${'t'.repeat(127)} is not registered here`;
  expect(heard(long)).toEqual({ status: 'notYours', reason: long });
  const longer = `endpoint ${'e'.repeat(227)} may not have this title`;
  expect(heard(longer)).toEqual({ status: 'notYours', reason: longer.slice(0, 255) });
  expect(heard('ü'.repeat(300))?.status).toBe('notYours');
});
