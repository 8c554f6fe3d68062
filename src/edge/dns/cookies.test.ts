import { describe, expect, test } from 'vitest';
import { Cookies } from './cookies.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const address = '198.51.100.100';

describe('the examples of RFC 9018, appendix A', () => {
  const cookies = new Cookies(hex('e5e973e5a6b2a43f48e7dc849e37bfcf'));

  test('a new cookie', () => {
    const made = cookies.check(hex('2464c4abcf10c957'), address, 0x5cf79f11);
    expect(made).toEqual({
      proven: false,
      data: hex('2464c4abcf10c957010000005cf79f111f8130c3eee29480'),
    });
  });

  test('an old one is good, and renewed', () => {
    const sent = hex('2464c4abcf10c957010000005cf79f111f8130c3eee29480');
    expect(cookies.check(sent, address, 0x5cf79f11 + 60)).toEqual({ proven: true, data: sent });
    const renewed = cookies.check(sent, address, 0x5cf79f11 + 1801);
    expect(renewed?.proven).toBe(true);
    expect(renewed?.data.readUInt32BE(12)).toBe(0x5cf79f11 + 1801);
  });
});

describe('a cookie', () => {
  const cookies = new Cookies();
  const now = 1_700_000_000;
  const made = cookies.check(Buffer.alloc(8, 1), address, now)?.data as Buffer;

  test.each([
    ['here and now', address, 0, true],
    ['of another address', '198.51.100.101', 0, false],
    ['an hour old', address, 3601, false],
    ['made in the future', address, -301, false],
  ])('%s', (_, from, later, proven) => {
    expect(cookies.check(made, from, now + later)?.proven).toBe(proven);
  });

  test('of another server proves nothing', () => {
    expect(new Cookies().check(made, address, now)?.proven).toBe(false);
  });

  test.each([0, 7, 9, 15, 41])('of %i bytes is malformed', (length) => {
    expect(cookies.check(Buffer.alloc(length), address, now)).toBeUndefined();
  });
});
