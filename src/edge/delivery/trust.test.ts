import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Authority, type Credentials } from '../ca/authority.ts';
import { signerOf } from './envelope.ts';
import { Trust } from './trust.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-trust-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the controller has by the first root, by the second when both are there, and by the second alone. */
let first: Credentials;
let second: Credentials;
let last: Credentials;
/** The list that has the first of them. */
let revoked: string;
beforeAll(async () => {
  const authority = await Authority.create(folder);
  first = await authority.issue('controller', [], 30);
  await authority.addRoot();
  second = await authority.renew('controller', 30);
  await authority.revoke('controller', true);
  revoked = readFileSync(path.join(folder, 'crl.pem'), 'utf8');
  await authority.dropOldRoots();
  last = await authority.renew('controller', 30);
});

const verdict = (trust: Trust, credentials: Credentials) => {
  const key = trust.keyOf(signerOf(credentials).certificate, 'controller', Date.now());
  return typeof key === 'string' ? key : 'believed';
};
const stranger = 'its certificate is not of this authority';

test('a new root is believed beside the old one, and then instead of it', () => {
  const trust = new Trust(first.authorities);
  expect([verdict(trust, first), verdict(trust, second)]).toEqual(['believed', stranger]);
  expect(trust.believe(second.authorities)).toBe(true);
  expect([verdict(trust, first), verdict(trust, second)]).toEqual(['believed', 'believed']);
  expect(trust.believe(last.authorities)).toBe(true);
  expect([verdict(trust, first), verdict(trust, second)]).toEqual([stranger, 'believed']);
  expect(trust.believe(last.authorities)).toBe(false);
});

test('what was revoked stays so when the roots are others', async () => {
  const trust = new Trust(second.authorities);
  await trust.revoke(revoked);
  expect([verdict(trust, first), verdict(trust, second)]).toEqual([
    'its certificate was revoked',
    'believed',
  ]);
  trust.believe(last.authorities);
  trust.believe(second.authorities);
  expect(verdict(trust, first)).toBe('its certificate was revoked');
});

const cut = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
test.each(['', 'no certificate', cut])('a file with %j in it changes nothing', (text) => {
  const trust = new Trust(first.authorities);
  expect(() => trust.believe(text)).toThrow('ca.crt holds no certificate of an authority');
  expect(verdict(trust, first)).toBe('believed');
});
