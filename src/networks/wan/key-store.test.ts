import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeyStore } from './key-store.ts';
import { newKeyPair } from './keys.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('keys are made once, kept for root alone, and replaced by the next', () => {
  const { current } = new KeyStore(folder).keys;
  const store = new KeyStore(folder);
  expect(store.keys.current).toEqual(current);
  expect(statSync(path.join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
  const next = store.prepare();
  expect(store.prepare()).toEqual(next);
  store.advance();
  expect(new KeyStore(folder).keys).toMatchObject({ current: next });
  expect(new KeyStore(folder).keys.next).toBeUndefined();
});

test('a file that was spoilt is said, and not what is in it', () => {
  const pair = newKeyPair();
  const odd = { current: { ...pair, privateKey: 'secret' }, since: 0 };
  for (const text of ['{"current": "secret', JSON.stringify(odd)]) {
    writeFileSync(path.join(folder, 'keys.json'), text);
    const keys = () => new KeyStore(folder).keys;
    expect(keys).toThrow(
      expect.objectContaining({ code: 'ERR_STATE', message: expect.not.stringContaining('secret') }),
    );
  }
});
