import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readText } from './ca/files.ts';
import { readSecret } from './distance/echo/secret.ts';
import { ViewJournal } from './gateway/view-journal.ts';
import { readEtcdTlsFolder } from './lease/etcd-tls.ts';
import { readCertificates } from './proxy/certificates.ts';
import { EdgeFileReader } from './sources/edge-file-reader.ts';
import { readKey } from './update/key.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-limits-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);

const readers: readonly [string, string, string, (file: string) => unknown][] = [
  ['an edge file', 'edge.yaml', '32 MiB', (file) => new EdgeFileReader(file).read()],
  ['a certificate', 'a.pem', '256 KiB', (file) => readCertificates(path.dirname(file))],
  ['the key of DNS updates', 'a.key', '64 KiB', readKey],
  ['the gateways’ secret', 'secret', '64 KiB', readSecret],
  ['what an authority keeps', 'crl.pem', '16 MiB', readText],
  ['the certificate for etcd', 'ca.crt', '1 MiB', (file) => readEtcdTlsFolder(path.dirname(file))],
];

describe.each(readers)('%s', (_, name, limit, read) => {
  test('that is too large is refused by its size, and the limit is named', () => {
    writeFileSync(at(name), '');
    truncateSync(at(name), 2 ** 40);
    expect(() => read(at(name))).toThrow(
      expect.objectContaining({
        code: 'ERR_FILE_TOO_LARGE',
        message: `${at(name)} is larger than ${limit}, the most that is read of it`,
      }),
    );
  });

  test('that is a device which never ends is not read', () => {
    symlinkSync('/dev/zero', at(name));
    expect(() => read(at(name))).toThrow(`${at(name)} is a device`);
  });
});

test('a folder with more certificates than anybody shows is refused', () => {
  for (let index = 0; index < 4097; index++) writeFileSync(at(`${index}.pem`), '');
  expect(() => readCertificates(folder)).toThrow('4097 certificates; 4096 are taken at most');
});

test('a pipe in the place of a kept view is told of and replaced by the next view', () => {
  mkdirSync(at('state'));
  const file = at('state/view');
  execFileSync('mkfifo', [file]);
  expect(new ViewJournal(file).load()).toEqual({
    changes: [],
    problem: `${file} is a pipe, not a file that can be read`,
  });
});

test.each([
  [
    'deep',
    `services: ${'['.repeat(1e5)}`,
    /edge\.yaml:1:\d+: error ERR_YAML_SYNTAX: values are nested more than 100 deep/,
  ],
  ['wide', `${'- a\n'.repeat(1e6)}`, /edge\.yaml:1:1: error ERR_YAML_SYNTAX: it has more than 2 MiB of YAML/],
])('an edge file that is %s is refused with its place', (_, text, message) => {
  writeFileSync(at('edge.yaml'), text);
  expect(() => new EdgeFileReader(at('edge.yaml')).read()).toThrow(message);
});
