import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { MeshAuthority } from './authority.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-test-'));
const file = path.join(folder, 'authority.pem');
let authority: MeshAuthority;

beforeEach(async () => {
  authority = await MeshAuthority.in(folder, 'lab');
});
afterAll(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test('it stays, and nobody else can read its key', async () => {
  expect((await MeshAuthority.in(folder, 'lab')).certificate).toBe(authority.certificate);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('one that is mangled is made anew', async () => {
  writeFileSync(file, 'banana');
  expect((await MeshAuthority.in(folder, 'lab')).certificate).not.toBe(authority.certificate);
});

test('it names an endpoint by its addresses, and lets it keep that for as long as it is so, and holds', async () => {
  const addresses = ['10.1.0.2', 'fd01::2'];
  const own = await authority.certify('web', addresses, undefined);
  const certificate = new X509Certificate(own);
  expect(certificate.subjectAltName).toBe('DNS:*.10.1.0.2.mesh, DNS:*.fd01::2.mesh');
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(await authority.certify('web', addresses, own)).toBe(own);
  expect(await authority.certify('web', ['10.1.0.3'], own)).not.toBe(own);
  expect(await authority.certify('web', addresses, 'banana')).not.toBe(own);
  vi.useFakeTimers({ now: Date.now() + 61 * 86_400_000, toFake: ['Date'] });
  expect(await authority.certify('web', addresses, own)).not.toBe(own);
  vi.useRealTimers();
});

test('what another authority said is none of its', async () => {
  const own = await authority.certify('web', ['10.1.0.2'], undefined);
  rmSync(file);
  const other = await MeshAuthority.in(folder, 'lab');
  expect(await other.certify('web', ['10.1.0.2'], own)).not.toBe(own);
});
