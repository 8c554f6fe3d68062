import { describe, expect, test } from 'vitest';
import { parseKey, readKey } from './key.ts';

const secret = 'c2VjcmV0IG9mIHRoZSB0ZXN0cywgbm8gb3RoZXIgdXNl';
const whole = `key "heddle" {\n\talgorithm hmac-sha256;\n\tsecret "${secret}";\n};\n`;

describe('a key', () => {
  test.each([
    ['as tsig-keygen prints it', whole],
    ['on one line, without quotes', `key heddle { algorithm HMAC-SHA256.; secret ${secret}; };`],
    ['among comments', `# key "other" {};\n// more\n/* key\n*/ ${whole}`],
  ])('is read %s', (_, text) => {
    const { name, algorithm, secret: bytes } = parseKey(text, 'heddle.key');
    expect([name, algorithm, String(bytes)]).toEqual([
      'heddle',
      'hmac-sha256',
      'secret of the tests, no other use',
    ]);
  });

  test.each([
    ['nothing', '', 'heddle.key is no key'],
    ['no secret', 'key a { algorithm hmac-sha256; };', 'heddle.key is no key'],
    ['a weak algorithm', whole.replace('sha256', 'md5'), 'heddle.key has a key for hmac-md5'],
    ['too long a name', whole.replace('heddle', 'h'.repeat(64)), 'whose name is too long'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseKey(text, 'heddle.key')).toThrow(message);
  });

  test('that is not there is named', () => {
    expect(() => readKey('/nowhere/heddle.key')).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_NOT_FOUND' }),
    );
  });
});
