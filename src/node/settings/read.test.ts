import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSettings } from './read.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string, mode = 0o600): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}
const withKey = (key: string) =>
  write(
    'node.yaml',
    `state:\n  etcd:\n    endpoints: ["https://a:2379"]\n    key: ${key}\n    cert: /cert.pem\n`,
  );

test('a private key that others can read is refused, with its place and what to do', () => {
  const key = write('key.pem', 'secret', 0o644);
  const at = expect.objectContaining({ line: 4, column: 10 });
  const refused = { code: 'ERR_NODE_SETTINGS', hint: `chmod 600 ${key}`, at };
  expect(() => readSettings(withKey(key))).toThrow(expect.objectContaining(refused));
  expect(() => readSettings(withKey(key))).toThrow(/^state\.etcd\.key: .*mode 644/);
  chmodSync(key, 0o600);
  expect(readSettings(withKey(key)).state.etcd).toMatchObject({ key });
  expect(() => readSettings(withKey(path.join(folder, 'absent')))).toThrow(/is no file/);
});

test('so is that of the API’s certificate', () => {
  const key = write('api-key.pem', 'secret', 0o640);
  chmodSync(key, 0o604);
  const api = `api: { listen: "10.0.0.1:9851", cert: /cert.pem, ca: /ca.crt, key: ${key} }`;
  const settings = () => readSettings(write('api.yaml', api));
  expect(settings).toThrow(/^api\.key: .*mode 604/);
  chmodSync(key, 0o600);
  expect(settings().api).toMatchObject({ listen: '10.0.0.1:9851', key });
});

test('and the password for etcd', () => {
  const file = write('password', 'secret', 0o644);
  const etcd = `{ endpoints: ["https://a:2379"], user: heddle, passwordFile: ${file} }`;
  const settings = () => readSettings(write('etcd.yaml', `state: { etcd: ${etcd} }`));
  expect(settings).toThrow(/^state\.etcd\.passwordFile: .*mode 644/);
  expect(settings).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
  chmodSync(file, 0o600);
  expect(settings().state.etcd).toMatchObject({ user: 'heddle', passwordFile: file });
});

test('a file that was named has to be there', () => {
  expect(() => readSettings(path.join(folder, 'absent.yaml'))).toThrow(
    expect.objectContaining({ code: 'ERR_FILE_NOT_FOUND' }),
  );
});
