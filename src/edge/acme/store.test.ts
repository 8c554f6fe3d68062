import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCertificate, makeRoot } from '../../lib/x509.ts';
import { AcmeStore } from './store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-acme-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const day = 86_400_000;
const pairFor = async (...hosts: readonly string[]) =>
  makeCertificate(await makeRoot('test', Date.now()), { commonName: 'x', hosts, days: 3 }, Date.now());
const file = (name: string) => path.join(folder, 'certificates', name);

describe('what an ACME server gave', () => {
  test('is there after a restart, for its owner only', async () => {
    const store = new AcmeStore(folder);
    const { jwk } = store.accountKey();
    store.keep('shop.web', await pairFor('web.edge.internal'));
    const again = new AcmeStore(folder);
    expect(again.accountKey().jwk).toEqual(jwk);
    expect(again.all).toEqual(store.all);
    expect(again.get('shop.web')).toMatchObject({ file: file('shop.web.pem'), names: ['web.edge.internal'] });
    const modes = [path.join(folder, 'account.key'), file('shop.web.pem')].map((one) => statSync(one).mode);
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o600, 0o600]);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
      'account.key',
      'certificates',
      'certificates/shop.web.pem',
    ]);
  });

  test('is left out when it is damaged, and the rest is there', async () => {
    const store = new AcmeStore(folder);
    store.keep('shop.web', await pairFor('web.edge.internal'));
    store.keep('shop.api', await pairFor('api.edge.internal'));
    writeFileSync(file('shop.api.pem'), readFileSync(file('shop.api.pem')).subarray(0, 400));
    const again = new AcmeStore(folder);
    expect(again.all.map(({ names }) => names)).toEqual([['web.edge.internal']]);
    expect(again.damaged).toEqual([expect.stringContaining('shop.api.pem')]);
  });

  test('goes when it has expired and nobody wants it', async () => {
    const store = new AcmeStore(folder);
    for (const id of ['old', 'wanted']) store.keep(id, await pairFor('web.edge.internal'));
    store.sweep((id) => id === 'wanted', Date.now());
    expect(store.all).toHaveLength(2);
    store.sweep((id) => id === 'wanted', Date.now() + 4 * day);
    expect(readdirSync(path.join(folder, 'certificates'))).toEqual(['wanted.pem']);
  });
});

test('a key that is none is named', () => {
  writeFileSync(path.join(folder, 'account.key'), 'nothing');
  const store = new AcmeStore(folder);
  expect(() => store.accountKey()).toThrow(
    expect.objectContaining({ code: 'ERR_STATE', message: expect.stringContaining('account.key') }),
  );
});
