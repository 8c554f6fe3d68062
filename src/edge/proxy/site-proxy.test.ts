import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../lib/log.ts';
import { certificateFor } from './certificate-for.ts';
import { readCertificates } from './certificates.ts';
import { drivers } from './drivers.ts';
import { SiteProxy } from './site-proxy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-proxy-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('without the program there is no proxy, and it says what to install', async () => {
  const kind = { ...drivers['haproxy']!, program: 'no-such-proxy' };
  const clients = { trusted: [], connections: 1 };
  const log = createLog('silent');
  const opened = SiteProxy.open({ kind, balance: false, addresses: [], clients, folder, log });
  await expect(opened).rejects.toMatchObject({
    code: 'ERR_EDGE_PROXY',
    message: 'no-such-proxy is not installed',
    hint: 'apt-get install no-such-proxy, or choose another with --proxy',
  });
});

describe('certificates from files', () => {
  const make = (name: string, ...names: readonly string[]) => {
    const file = path.join(folder, name);
    const [key, certificate] = [`${file}.key`, `${file}.crt`];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const subject = [
      '-subj',
      '/CN=x',
      '-addext',
      `subjectAltName=${names.map((one) => `DNS:${one}`).join()}`,
    ];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    return { key, certificate, file };
  };
  const join = (file: string, ...parts: readonly string[]) =>
    writeFileSync(file, execFileSync('cat', parts, { encoding: 'utf8' }));

  test('are shown for the names in them', () => {
    const one = make('a.pem', '*.edge.internal');
    join(one.file, one.certificate, one.key);
    const other = make('b.pem', 'web.edge.internal', 'x.example.org');
    join(other.file, other.key, other.certificate);
    const found = readCertificates(folder);
    expect(found.map(({ names }) => names)).toEqual([
      ['*.edge.internal'],
      ['web.edge.internal', 'x.example.org'],
    ]);
    expect(certificateFor('web.edge.internal', found)?.file).toBe(other.file);
    expect(certificateFor('api.edge.internal', found)?.file).toBe(one.file);
    expect(certificateFor('nobody.example.org', found)?.file).toBe(one.file);
  });

  test('are refused when there are none, without a key, or with another’s', () => {
    expect(() => readCertificates(folder)).toThrow(/has no certificate/);
    expect(() => readCertificates(path.join(folder, 'none'))).toThrow(/cannot be read/);
    const [one, other] = [make('a.pem', 'a.edge.internal'), make('b.pem', 'b.edge.internal')];
    join(one.file, one.certificate);
    expect(() => readCertificates(folder)).toThrow(expect.objectContaining({ code: 'ERR_EDGE_CERTIFICATE' }));
    join(one.file, one.certificate, other.key);
    expect(() => readCertificates(folder)).toThrow(/a\.pem: its key is another’s/);
  });
});
