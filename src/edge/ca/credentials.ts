import { createPrivateKey, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import type { KeyPair } from '../../lib/x509.ts';
import type { Credentials } from './authority.ts';
import { ensurePrivateFolder, exists, readText, writePrivate, writePublic } from './files.ts';

const files = {
  authorities: 'ca.crt',
  certificate: 'cert.pem',
  key: 'key.pem',
  revocations: 'crl.pem',
} as const;

/**
 * Writes what somebody needs into a folder of his: `ca.crt`, `cert.pem`, `key.pem` (0600), `crl.pem`.
 * @throws HeddleError ERR_EDGE_CA when the folder is somebody else's: his key would be gone
 */
export function writeCredentials(folder: string, credentials: Credentials): void {
  const there = path.join(folder, files.certificate);
  const owner = exists(there) ? subjectOf(new X509Certificate(readText(there))) : undefined;
  const subject = subjectOf(new X509Certificate(credentials.certificate));
  if (owner !== undefined && owner !== subject)
    throw new HeddleError('ERR_EDGE_CA', `${folder} is of ${owner}, not of ${subject}`, {
      hint: 'name another folder with --out',
    });
  ensurePrivateFolder(folder);
  writePrivate(path.join(folder, files.key), credentials.key);
  for (const part of ['authorities', 'certificate', 'revocations'] as const)
    writePublic(path.join(folder, files[part]), credentials[part]);
}

/** @throws HeddleError ERR_EDGE_CA for a folder that lacks something, or whose key is not the certificate's */
export function readCredentials(folder: string): Credentials {
  for (const file of Object.values(files)) {
    if (exists(path.join(folder, file))) continue;
    throw new HeddleError('ERR_EDGE_CA', `${folder} has no ${file}`, {
      hint: '`heddle edge ca issue NAME --out FOLDER` makes all that is needed',
    });
  }
  const read = (part: keyof typeof files) => readText(path.join(folder, files[part]));
  const credentials = {
    authorities: read('authorities'),
    certificate: read('certificate'),
    key: read('key'),
    revocations: read('revocations'),
  };
  if (isPair(credentials)) return credentials;
  throw new HeddleError('ERR_EDGE_CA', `${folder}: ${files.key} is not the key of ${files.certificate}`, {
    hint: 'copy both anew, or `heddle edge ca renew NAME --out FOLDER`',
  });
}

/** Not while one of the two has been replaced and the other has not. */
export function isPair({ certificate, key }: KeyPair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Certificates, or lists of revocations, one by one: of lists in one text Node reads the first only. */
export function pemBlocks(text: string): string[] {
  return text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
}

/** The common name that a certificate is for. */
export function subjectOf(certificate: X509Certificate): string {
  // One attribute a line, as Node prints them; a value cannot hold a line's end unescaped.
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';
}

/** @throws HeddleError ERR_EDGE_CA when the certificate is somebody else's */
export function expectSubject({ certificate }: Credentials, subject: string, folder: string): void {
  const found = subjectOf(new X509Certificate(certificate));
  if (found === subject) return;
  throw new HeddleError('ERR_EDGE_CA', `${folder} is of ${found || 'nobody'}, not of ${subject}`);
}
