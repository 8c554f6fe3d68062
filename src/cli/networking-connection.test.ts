import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clientCredentials } from './client-credentials.ts';
import { namedHost, presentNetworking } from './networking-connection.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-client-'));
  vi.stubEnv('HEDDLE_HOST', 'https://10.0.0.1:9851');
  vi.stubEnv('HEDDLE_CERT_PATH', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
const write = (...names: string[]) => {
  for (const name of names) writeFileSync(path.join(folder, name), name);
};

test('the node that a flag names comes before that of the environment', () => {
  expect(namedHost({})).toBe('https://10.0.0.1:9851');
  expect(namedHost({ host: 'https://b' })).toBe('https://b');
  expect(namedHost({ socket: '/n.sock' })).toBeUndefined();
  expect(() => namedHost({ host: 'https://b', socket: '/n.sock' })).toThrow(/name two nodes/);
  vi.stubEnv('HEDDLE_HOST', '');
  expect(namedHost({})).toBeUndefined();
});

test('a folder is as the authority of the edge writes it, or as Docker has it', () => {
  write('ca.pem', 'cert.pem', 'key.pem');
  expect(clientCredentials(folder)).toEqual({ ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' });
  write('ca.crt', 'crl.pem');
  expect(clientCredentials(folder)).toMatchObject({ ca: 'ca.crt', crl: [] });
});

test('what is lacking is said', async () => {
  const refused = (options: object, code: string) =>
    expect(presentNetworking(options)).rejects.toMatchObject({ code });
  await refused({}, 'ERR_USAGE');
  await refused({ tls: folder }, 'ERR_FILE_NOT_FOUND');
  write('ca.crt', 'cert.pem', 'key.pem');
  for (const host of ['10.0.0.1:9851', 'http://10.0.0.1:9851', 'https://h/v1', 'https://u@h'])
    await refused({ tls: folder, host }, 'ERR_USAGE');
});
