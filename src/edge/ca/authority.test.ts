import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Authority } from './authority.ts';
import { expectSubject, readCredentials, writeCredentials } from './credentials.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-ca-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (...names: string[]) => path.join(folder, ...names);

/** What OpenSSL says of a certificate, with what the authority's folder holds now. */
function verdict(name: string, purpose: 'sslclient' | 'sslserver' = 'sslclient'): string {
  const lists = ['-CAfile', at('ca', 'ca.crt'), '-CRLfile', at('ca', 'crl.pem'), '-crl_check'];
  try {
    return execFileSync('openssl', ['verify', '-purpose', purpose, ...lists, at(name, 'cert.pem')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
      .trim()
      .replace(/.*: /, '');
  } catch (error) {
    return /error \d+ at .*: (.*)/.exec((error as { stderr: string }).stderr)?.[1] ?? 'not understood';
  }
}

async function issue(authority: Authority, subject: string, hosts: string[] = []): Promise<void> {
  writeCredentials(at(subject), await authority.issue(subject, hosts, 30));
}

describe('an authority', () => {
  test('makes certificates that OpenSSL takes, each for what it is for', async () => {
    const authority = await Authority.create(at('ca'));
    await issue(authority, 'gateway:helsinki');
    await issue(authority, 'controller', ['hub.example.org', '10.0.0.1', 'fd00::1']);
    expect([verdict('gateway:helsinki'), verdict('controller')]).toEqual(['OK', 'OK']);
    expect([verdict('gateway:helsinki', 'sslserver'), verdict('controller', 'sslserver')]).toEqual([
      expect.stringMatching(/unsuitable|unsupported/i),
      'OK',
    ]);
  });

  test('keeps keys for their owner only', async () => {
    await issue(await Authority.create(at('ca')), 'gateway:helsinki');
    const open = ['ca', 'gateway:helsinki'].flatMap((name) =>
      readdirSync(at(name)).filter((file) => statSync(at(name, file)).mode & 0o077),
    );
    expect(open.sort()).toEqual([
      'ca.crt',
      'ca.crt',
      'cert.pem',
      'crl.pem',
      'crl.pem',
      'ledger.json',
      'root-1.crt',
    ]);
    expect(readdirSync(at('ca')).filter((file) => file.endsWith('.new'))).toEqual([]);
  });

  test('revokes what a name has, and leaves the others', async () => {
    const authority = await Authority.create(at('ca'));
    await issue(authority, 'gateway:helsinki');
    await issue(authority, 'gateway:berlin');
    expect(await Authority.open(at('ca')).revoke('gateway:helsinki', false)).toBe(1);
    expect([verdict('gateway:helsinki'), verdict('gateway:berlin')]).toEqual(['certificate revoked', 'OK']);
  });

  test('renews: the older certificate holds until it is revoked', async () => {
    const authority = await Authority.create(at('ca'));
    await issue(authority, 'broker', ['hub.example.org']);
    writeCredentials(at('newer'), await authority.renew('broker', 30));
    expect([verdict('broker'), verdict('newer', 'sslserver')]).toEqual(['OK', 'OK']);
    await authority.revoke('broker', true);
    expect([verdict('broker'), verdict('newer')]).toEqual(['certificate revoked', 'OK']);
  });

  test('gets a new root: what the older one signed holds until that is dropped', async () => {
    const authority = await Authority.create(at('ca'));
    await issue(authority, 'gateway:helsinki');
    await authority.addRoot();
    await issue(authority, 'gateway:berlin');
    expect([verdict('gateway:helsinki'), verdict('gateway:berlin')]).toEqual(['OK', 'OK']);
    await authority.dropOldRoots();
    expect(verdict('gateway:helsinki')).toMatch(/unable to get/);
    expect(verdict('gateway:berlin')).toBe('OK');
  });
});

describe('it is refused', () => {
  test('to make an authority where there is one, and to use one that is not there', async () => {
    await Authority.create(at('ca'));
    await expect(Authority.create(at('ca'))).rejects.toMatchObject({ code: 'ERR_EDGE_CA' });
    expect(() => Authority.open(at('other'))).toThrow(/has no authority/);
  });

  test.each([
    ['somebody', []],
    ['gateway:Not_a_label', []],
    [`gateway:${'a'.repeat(63)}`, []],
    ['gateway:helsinki', ['helsinki.example.org']],
    ['broker', []],
    ['operator:ann', ['ann.example.org']],
    ['api:one', []],
    ['operator:', []],
  ])('to make a certificate for %s with the hosts %j', async (subject, hosts) => {
    const authority = await Authority.create(at('ca'));
    await expect(authority.issue(subject, hosts, 30)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  test('to revoke what was never issued', async () => {
    const authority = await Authority.create(at('ca'));
    await expect(authority.revoke('gateway:oulu', false)).rejects.toThrow(/no certificate was issued/);
  });

  test('to write over the key of somebody else', async () => {
    const authority = await Authority.create(at('ca'));
    await issue(authority, 'gateway:helsinki');
    const other = await authority.issue('node:h1', [], 30);
    expect(() => writeCredentials(at('gateway:helsinki'), other)).toThrow(
      /is of gateway:helsinki, not of node:h1/,
    );
    expect(readCredentials(at('gateway:helsinki')).certificate).not.toBe(other.certificate);
  });

  test('to use a folder that lacks something, or that is somebody else’s', async () => {
    await issue(await Authority.create(at('ca')), 'gateway:helsinki');
    const found = readCredentials(at('gateway:helsinki'));
    expect(found.certificate).toBe(readFileSync(at('gateway:helsinki', 'cert.pem'), 'utf8'));
    expect(() => expectSubject(found, 'gateway:berlin', 'x')).toThrow(
      'x is of gateway:helsinki, not of gateway:berlin',
    );
    rmSync(at('gateway:helsinki', 'crl.pem'));
    expect(() => readCredentials(at('gateway:helsinki'))).toThrow(/has no crl.pem/);
  });
});
