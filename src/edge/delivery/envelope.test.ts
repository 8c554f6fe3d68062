import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotOf } from '../../../test/support/site-zone.ts';
import { Authority, type Credentials } from '../ca/authority.ts';
import { open, type Signer, seal, signerOf } from './envelope.ts';
import { readMessage } from './read.ts';
import { Trust } from './trust.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-seal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const topic = 'heddle/edge/view/gateway:oulu/snapshot';
const now = Date.now();
let authority: Authority;
let controller: Credentials;
let signer: Signer;
let trust: Trust;

beforeAll(async () => {
  authority = await Authority.create(path.join(folder, 'ca'));
  controller = await authority.issue('controller', [], 30);
  signer = signerOf(controller);
  trust = new Trust(controller.authorities);
});

const text = JSON.stringify(snapshotOf());

test('what a controller signed is read, and is what it said', () => {
  const opened = open(topic, seal(topic, text, signer), trust, now);
  expect('body' in opened && readMessage(opened.body)).toEqual(snapshotOf());
});

describe('it is not believed', () => {
  const refusal = (payload: Buffer, under = topic, at = now) => open(under, payload, trust, at);

  test('when anything of it was changed', () => {
    const payload = Buffer.from(seal(topic, text, signer).toString().replace('10.1.0.1', '10.6.6.6'));
    expect(refusal(payload)).toEqual({ refused: 'its signature does not hold' });
  });

  test('under another topic than it was signed for', () => {
    const payload = seal('heddle/edge/view/gateway:berlin/snapshot', text, signer);
    expect(refusal(payload)).toEqual({ refused: 'its signature does not hold' });
  });

  test('when a gateway signed it', async () => {
    const gateway = signerOf(await authority.issue('gateway:berlin', [], 30));
    expect(refusal(seal(topic, text, gateway))).toEqual({
      refused: 'it is signed by gateway:berlin, not by controller',
    });
  });

  test('when another authority made the certificate, under the same name', async () => {
    const other = await Authority.create(path.join(folder, 'other'));
    const stranger = signerOf(await other.issue('controller', [], 30));
    expect(refusal(seal(topic, text, stranger))).toEqual({
      refused: 'its certificate is not of this authority',
    });
  });

  test.each([
    ['before', -86_400_000],
    ['after', 31 * 86_400_000],
  ])('%s the certificate holds', (_, shift) => {
    expect(refusal(seal(topic, text, signer), topic, now + shift)).toMatchObject({
      refused: expect.stringContaining('check the clocks'),
    });
  });

  test('once the certificate was revoked, and no older list takes that back', async () => {
    const old = await authority.issue('controller', [], 30);
    const [revoked, kept] = [
      await authority.renew('controller', 30),
      await authority.renew('controller', 30),
    ];
    expect(await authority.revoke('controller', true)).toBeGreaterThan(1);
    const strict = new Trust(old.authorities);
    const { revocations } = await authority.issue('broker', ['hub'], 30);
    expect(await strict.revoke(revocations)).toBe(true);
    expect(await strict.revoke(old.revocations)).toBe(false);
    expect(open(topic, seal(topic, text, signerOf(revoked)), strict, now)).toEqual({
      refused: 'its certificate was revoked',
    });
    expect(open(topic, seal(topic, text, signerOf(kept)), strict, now)).toHaveProperty('body');
  });
});

test('a list of revocations that another authority made revokes nothing', async () => {
  const other = await Authority.create(path.join(folder, 'third'));
  await other.issue('controller', [], 30);
  await other.revoke('controller', false);
  const { revocations } = await other.issue('controller', [], 30);
  expect(await new Trust(controller.authorities).revoke(revocations)).toBe(false);
});
