import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AccountKey } from './account-key.ts';
import { ExternalAccount } from './external-account.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-eab-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The symmetric key of RFC 7515, appendix A.1. */
const secret = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';

test('the account is what is signed, with the secret and for one address', async () => {
  const account = new AccountKey(AccountKey.make());
  const url = 'https://ca.test/new-account';
  const bound = new ExternalAccount('me', secret).bind(account, url);
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  expect(read(bound.protected)).toEqual({ alg: 'HS256', kid: 'me', url });
  expect(read(bound.payload)).toEqual(account.jwk);
  const [raw, hash] = [Buffer.from(secret, 'base64url'), { name: 'HMAC', hash: 'SHA-256' }];
  const key = await crypto.subtle.importKey('raw', raw, hash, false, ['verify']);
  const text = Buffer.from(`${bound.protected}.${bound.payload}`);
  expect(await crypto.subtle.verify('HMAC', key, Buffer.from(bound.signature, 'base64url'), text)).toBe(true);
});

test.each([
  ['', 'no key in base64url'],
  ['c2hvcnQ', 'shorter than 16 bytes'],
  ['two words', 'no key in base64url'],
])('a file with %j says what is wrong with it, and not what is in it', (text, wrong) => {
  const file = path.join(folder, 'key');
  writeFileSync(file, text);
  expect(() => ExternalAccount.read('me', file)).toThrow(
    expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining(wrong) }),
  );
});

test('a file may end with a line, and has to be there', () => {
  const file = path.join(folder, 'key');
  writeFileSync(file, `${secret}\n`);
  expect(ExternalAccount.read('me', file)).toBeInstanceOf(ExternalAccount);
  expect(() => ExternalAccount.read('me', path.join(folder, 'none'))).toThrow(
    expect.objectContaining({ code: 'ERR_FILE_NOT_FOUND' }),
  );
});
